import 'reflect-metadata';
import { runApp } from '#platform/bootstrap/run-app.js';
import { AppModule } from './app.module.js';
import { readMartInitConfig } from './config/mart-init-config.js';
import { MartInitService } from './mart-init.service.js';

await runApp((config) => AppModule.forRoot(config), {
  name: 'mart-init',
  config: () => readMartInitConfig(process.argv.slice(2)),
  onReady: async (app, stop) => {
    try {
      await app.get(MartInitService).run();
    } catch (error) {
      // A SIGTERM alone ends an app with 0, but a Kubernetes Job that exits 0 counts as done and is not started again.
      process.exitCode = 1;
      throw error;
    }
    stop();
  },
});
