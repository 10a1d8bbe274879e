export function Quality() {
  return <h1 class="sentence">Quality</h1>;
}
