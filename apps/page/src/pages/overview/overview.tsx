export function Overview() {
  return <h1 class="sentence">Overview</h1>;
}
