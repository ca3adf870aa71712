// The search of the site: looks for words in the list that the build made, which comes when the field is first used.
// It also folds the list of pages on a narrow screen, where it would stand before the text.

const root = document.documentElement.dataset.root;
const field = document.querySelector('input[type=search]');
const hits = document.querySelector('.hits');
const MOST = 12;

if (matchMedia('(max-width: 48rem)').matches) document.querySelector('.pages details')?.removeAttribute('open');

let list;
/** A script, since pages of a folder may not fetch. */
function load() {
  list ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${root}search-list.js`;
    script.onload = () => resolve(window.searchList);
    script.onerror = () => reject(new Error('the list of the search did not come'));
    document.head.append(script);
  });
  return list;
}

/** What a part is worth to words: headings count more, and all words must be there. */
function rate([, page, heading, words], asked) {
  let sum = 0;
  for (const word of asked) {
    const here = [heading, page, words].map((text) => text.toLowerCase().includes(word));
    if (!here.some(Boolean)) return 0;
    sum += (here[0] ? 6 : 0) + (here[1] ? 3 : 0) + (here[2] ? 1 : 0);
  }
  return sum;
}

function show(parts, asked) {
  const found = parts
    .map((part) => ({ part, worth: rate(part, asked) }))
    .filter(({ worth }) => worth > 0)
    .sort((a, b) => b.worth - a.worth);
  const items = found.slice(0, MOST).map(({ part: [address, page, heading, words] }) => {
    const at = Math.max(0, words.toLowerCase().indexOf(asked[0]) - 40);
    const [item, link, about] = ['li', 'a', 'span'].map((tag) => document.createElement(tag));
    link.href = root + address;
    link.textContent = heading === '' ? page : `${page}: ${heading}`;
    about.textContent = words.slice(at, at + 140);
    link.append(about);
    item.append(link);
    return item;
  });
  const rest = document.createElement('li');
  const more = found.length - items.length;
  rest.textContent = found.length === 0 ? 'Nothing has these words.' : more > 0 ? `${more} more: add a word.` : '';
  hits.replaceChildren(...items, ...(rest.textContent ? [rest] : []));
  hits.hidden = false;
}

field.addEventListener('focus', load, { once: true });
field.addEventListener('input', async () => {
  const asked = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (asked.length === 0) hits.hidden = true;
  else show(await load(), asked);
});
field.form.addEventListener('submit', (event) => {
  event.preventDefault();
  hits.querySelector('a')?.click();
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') hits.hidden = true;
  if (event.key === '/' && document.activeElement === document.body) {
    event.preventDefault();
    field.focus();
  }
});
