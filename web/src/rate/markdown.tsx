// Guidelines as Markdown, with the line breaks of the text. HTML in the text is shown as text, and links open apart from the rating page.

import MarkdownIt from 'markdown-it';
import { useMemo } from 'react';

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true });
// A guideline is text: pictures from elsewhere would tell their server who rates, and the page forbids them anyway.
markdown.disable('image');
const renderLink = markdown.renderer.rules.link_open;
markdown.renderer.rules.link_open = (tokens, i, options, env, self) => {
  tokens[i]!.attrSet('target', '_blank');
  tokens[i]!.attrSet('rel', 'noreferrer noopener');
  return renderLink?.(tokens, i, options, env, self) ?? self.renderToken(tokens, i, options);
};

export function Markdown({ text }: { readonly text: string }) {
  const html = useMemo(() => markdown.render(text), [text]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: markdown-it with html: false escapes all HTML of the text
  return <div className="markdown" dangerouslySetInnerHTML={{ __html: html }} />;
}
