"""The meaning of the registry: tables, rules, audit and figures, without HTTP.

A newcomer's glossary, from the ground up. Each room below owns its tables; imports follow
the foreign keys, so a child knows its parent and never the other way round.

=============  ===============================================================================
room           what it holds
=============  ===============================================================================
terms          what changes by decree, each from a day to a day: labels (:class:`Term`), limits
               (:class:`Threshold`), facility standards, stage templates, checklists
regions        行政区划: province → city → county → town → village, dated, with successors
               (:class:`Region`, :class:`RegionSuccessor`) and dated lists such as 重点帮扶村
               (:class:`Designation`)
accounts       who may sign in (:class:`Account`) and what they may see (:class:`Grant`:
               role × region × sector × from–to)
parties        holders and bodies (:class:`Party`), people with personal data
               (:class:`Person`), upkeep posts and who fills them (:class:`Post`)
places         villages, natural villages 自然村, relocation sites 安置点, facilities, roads,
               and the lists 名单 a village stands in
projects       衔接资金项目 with stages, fund documents 资金指标文, allocations, payments
registry       帮扶项目资产: assets and the value events that make their original value
ownership      rights 权属, contracts 合同, yearly income 收益 of an asset
maintenance    管护: duties, inspections, the upkeep status derived from them, and the dated
               deltas that keep its sums (roll-ups) right at every moment
indicators     figures by area: numerator and denominator, rounded once
administration the verbs of whoever keeps the terms: new versions, corrections, ends
search         finding any record by name, code, pinyin or initials
=============  ===============================================================================

Across the rooms: ``db`` (declarative base, sessions), ``scope`` (who sees which rows),
``audit`` (who did what), ``history`` (what a row said before),
``known`` (what was known at a moment), ``undo`` (taking a transaction back), ``errors``.
"""
