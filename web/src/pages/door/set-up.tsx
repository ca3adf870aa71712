export function SetUp() {
  return <h1>x</h1>;
}
