export function Flow() {
  return <h1 class="sentence">Flow</h1>;
}
