import { describe, expect, test } from 'vitest';
import { faultOfPattern, faultOfResource, faultOfTemplate } from './expressions.ts';
import { faultOfXPath } from './xpath.ts';

// What each parser says was asked of jaxen 1.1.6, java.util.regex and handy-uri-templates 2.1.8.
describe('XPath expressions', () => {
  test.each([
    "$ctx:a = 'b'", '//a[@b="c"]/d', "normalize-space(//*[local-name()='a'])", 'count(//a) > 0 and not($ctx:x != "y")',
    "concat('[', $ctx:a, '(')", '$body//m0:x | $trp:Host', '/', '..', '-1', 'a-', '$ a', '$x/', "a'", '(//a)[last()]',
    '${payload.a == "b" && vars.c}', "a <= b", 'child::*order', '* * *', 'x:', '$x/', '.5 + 1.', '@*[1]', '1 div 2', 'a[b][c]/d',
    `${'('.repeat(500)}a`, 'processing-instruction("a")', '//text()[1]', 'self::node()', 'a:b(c:d())/e', 'f(a,)', 'a and b', 'a andb', 'text ()', '- a', 'a div b',
  ])('%s', (text) => expect(faultOfXPath(text)).toBeUndefined()); // prettier-ignore

  test.each([
    ['', 'it is empty'],
    ['  ', 'it is empty'],
    ["get-property('a'", '"(" is not closed'],
    ['//a[b', '"[" is not closed'],
    ['//a[]', 'nothing follows "["'],
    ['//a)', '")" closes nothing'],
    ['(//a]', '"]" closes nothing'],
    ["a = 'b", "the quote ' is not closed"],
    ['$.a', '"$" has no name'],
    ['a == b', 'it has "=="'],
    ['a || b', 'it has "||"'],
    ['a && b', 'it has "&" outside of quotes'],
    ['{//a}', 'it has "{" outside of quotes'],
    ['!a', 'it has "!" without "="'],
    ['a =', 'nothing follows "="'],
    ['f(a +)', 'nothing follows "+"'],
    ['text file path', 'no operator stands before "file"'],
    [' a eq b', 'no operator stands before "eq"'],
    ['//a/b c', 'no operator stands before "c"'],
    ["concat('a' 'b')", `no operator stands before "'b'"`],
    ['1.2.3', '".3" cannot stand after "1.2"'],
    ['//a/', 'nothing follows "/"'],
    ['$body/a/::text()', '"::text" cannot stand after "/"'],
    ['a::b', '"a::b" cannot stand first'],
    ['f(,)', '"," cannot stand after "("'],
    ['a ? b : c', 'it has "?" outside of quotes'],
    ['+a', '"+" cannot stand first'],
    ['a<>b', '">" cannot stand after "<"'],
    ['$ctx:', 'nothing follows ":"'],
    ['if (a) then b', 'no operator stands before "then"'],
    ['()', 'nothing follows "("'],
    ['a and', 'nothing follows "and"'],
  ])('%s: %s', (text, fault) => expect(faultOfXPath(text)).toBe(fault));
});

describe('regular expressions of Java', () => {
  test.each([
    'a.*', '[a-z&&[^b]]', '(?<n>a)\\k<n>', '[]a]', '[^]]', '\\p{Alpha}+?', 'a{2,}', 'a++', '^*', '(|a)', '}', ']', '\\Q(',
    '[*(]', '{1}', '(?x) a # (',
  ])('%s', (text) => expect(faultOfPattern(text)).toBeUndefined()); // prettier-ignore

  test.each([
    ['*.json', 'nothing stands before "*" that could be repeated'],
    ['a|+', 'nothing stands before "+" that could be repeated'],
    ['.*(a', '"(" is not closed'],
    ['a)', '")" closes nothing'],
    ['[a', '"[" is not closed'],
    ['[]', '"[" is not closed'],
    ['a{', '"{" begins no count'],
    ['a{b}', '"{" begins no count'],
    ['a\\', 'nothing follows "\\"'],
  ])('%s: %s', (text, fault) => expect(faultOfPattern(text)).toBe(fault));
});

test.each([
  ['http://h/{a}{uri.var.b}?c={+d}{?e,f}{g:3}{h*}', undefined],
  ['$ctx:a', undefined],
  ['/{}', 'a variable has no name'],
  ['/{a', '"{" is not closed'],
  ['/a}', '"}" closes nothing'],
  ['/{a}}', '"}" closes nothing'],
  ['/{a b}', 'the variable "a b" has other signs than letters, digits, "_" and "."'],
])('the template %s of an endpoint: %s', (text, fault) => expect(faultOfTemplate(text)).toBe(fault));

test.each([
  ['/', undefined],
  ['/a/{b-c}/{d}{e}/*?f={+g}', undefined],
  ['/a/{b}/', undefined],
  ['/a/{bcd', undefined],
  ['{a}', 'it starts with "{"'],
  ['/a/{}', '"{" is not closed'],
  ['/a/{}/b', 'a variable has no name'],
  ['/a/{b', '"{" is not closed'],
  ['/a/{b{c}}', '"{" stands in a variable'],
  ['/a}', '"}" closes nothing'],
  ['/a{?b}', 'a variable starts with "?"'],
])('the template %s of a resource: %s', (text, fault) => expect(faultOfResource(text)).toBe(fault));
