export function NotFound() {
  return (
    <>
      <h1 class="sentence">There is no such page.</h1>
      <p>
        Go to <a href="./">Flow</a>, or choose a page in the navigation.
      </p>
    </>
  );
}
