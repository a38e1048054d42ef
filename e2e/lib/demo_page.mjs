/** The demo application's page, as a person sees it. */
import { until } from './wait.mjs';

/** Opens the page, waits until every row has a result, and gives the rows. */
export async function visit(page, url) {
  await page.goto(url, { waitUntil: 'load', timeout: 20_000 });
  return results(page);
}

/** @returns {Promise<{how: string, connection: string, result: string, isReported: boolean}[]>} */
export async function results(page) {
  const read = () => page.evaluate(() => ({
    isDone: document.body.dataset.done === 'yes',
    rows: [...document.querySelectorAll('#connections tr')].map(({ cells: [how, connection, did] }) => ({
      how: how.textContent, connection: connection.textContent, result: did.dataset.result,
      isReported: did.textContent.includes('reported'),
    })),
  }));
  let last = null;
  await until('every row of the demo page to have a result', async () => {
    last = await read();
    return last.isDone && last.rows.length > 0;
  }, { within: 20_000, describe: () => last });
  return last.rows;
}

/** `how connection`, of the rows with this result. */
export function having(result, rows) {
  return rows.filter((row) => row.result === result).map(({ how, connection }) => `${how} ${connection}`);
}

export const isIntruder = ({ connection }) => connection.includes('//intruder.');
