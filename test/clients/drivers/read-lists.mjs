// Reads lists with the client of orval. Prints each operation and its number of rows.
const [path, host, ...operations] = process.argv.slice(2);
const client = await import(path);
const fetchUrl = globalThis.fetch;
globalThis.fetch = (url, init) => fetchUrl(new URL(url, host), init);
for (const operation of operations) {
  const { data } = await client[operation]();
  console.log(operation, data.data.length);
}
