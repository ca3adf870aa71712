export function Invite() {
  return <h1>x</h1>;
}
