/** A display that nobody looks at, for browsers that open windows. */
import { Process } from './processes.mjs';
import { until } from './wait.mjs';

/** Starts it on a number that is free. */
export async function startDisplay() {
  const server = new Process('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp']);
  const number = await until('the display to say its number', () => server.output.match(/^\d+$/m)?.[0], { describe: () => server.tail });
  return { name: `:${number}`, stop: () => server.stop() };
}
