export function Find() {
  return <h1 class="sentence">Find</h1>;
}
