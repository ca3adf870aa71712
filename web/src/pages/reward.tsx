export function Reward() {
  return <h1>Reward</h1>;
}
