export function Days() {
  return <h1 class="sentence">Days</h1>;
}
