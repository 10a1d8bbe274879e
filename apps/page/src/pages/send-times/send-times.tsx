export function SendTimes() {
  return <h1 class="sentence">SendTimes</h1>;
}
