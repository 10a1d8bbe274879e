export function Campaign() {
  return <h1 class="sentence">Campaign</h1>;
}
