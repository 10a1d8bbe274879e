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
      // After SIGTERM an app exits with 0, but Kubernetes would take a Job that exits with 0 for done.
      process.exitCode = 1;
      throw error;
    }
    stop();
  },
});
