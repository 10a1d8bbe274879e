export function Experiments() {
  return <h1 class="sentence">Experiments</h1>;
}
