"""Every text for people: one gettext catalogue per language, `en.po` being the source.

A key begins with where its text is said: `mail.`, `sms.`, `alert.` (the kinds), `page.`,
`problem.`, `field.` (what is wrong with one field), `sheet.` and `letter.` (on paper),
`household.` (its own view), `task.`, `calendar.`, `need.`, `unit.`, `warning.` (what is
doubtful in a date), `format.` (CLDR patterns).
Texts of the law stay beside its rules (services/evictions/law/rules).
"""
