export function Raters() {
  return <h1>Raters</h1>;
}
