"""The plan in the household's words: goals, actions, co-signatures, objections (F31, J8).

Glossary: goal (objectif, doel); action (what one person does by a day); answer (what an adult of
the household says to one of them).
"""
