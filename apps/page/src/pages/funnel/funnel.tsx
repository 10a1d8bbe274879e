export function Funnel() {
  return <h1 class="sentence">Funnel</h1>;
}
