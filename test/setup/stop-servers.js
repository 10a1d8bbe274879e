export default async function stop() {
  await globalThis.services?.stop();
}
