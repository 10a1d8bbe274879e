export function Quarantine() {
  return <h1 class="sentence">Quarantine</h1>;
}
