export function Triggers() {
  return <h1 class="sentence">Triggers</h1>;
}
