export function Campaigns() {
  return <h1 class="sentence">Campaigns</h1>;
}
