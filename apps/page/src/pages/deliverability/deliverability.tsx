export function Deliverability() {
  return <h1 class="sentence">Deliverability</h1>;
}
