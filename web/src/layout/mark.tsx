// The mark: rays that come in askew and leave in parallel.

export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#4a3fcf" />
      <path
        d="M5 9l10 5h12M5 23l10-5h12M5 16h22"
        fill="none"
        stroke="#fff"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
