export function Evaluation() {
  return <h1>Evaluation</h1>;
}
