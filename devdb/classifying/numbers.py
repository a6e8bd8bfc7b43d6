"""Numbers that carry a check digit: which of them a column holds, beyond what chance would do.

Every validator accepts some numbers that are none of its own: a tenth of all, if there is one check digit. Whether more
match than that is found out with the column's own values, whose digits are changed at random.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from math import exp, lgamma, log

# Modules of python-stdnum by what their numbers are. Those without check digits are not among them.
_PERSONS = """
    at.vnr be.nn be.ssn bg.egn bg.pnf br.cpf ca.sin ca.bc_phn ch.ssn cl.rut cn.ric cu.ni cz.rc de.idnr do.cedula ec.ci
    ee.ik es.dni es.nie es.nif fi.hetu fr.nif fr.nir gb.nhs gb.upn gr.amka hr.oib ie.pps il.idnr in_.aadhaar in_.vid
    is_.kennitala it.codicefiscale kr.rrn lt.asmens lv.pvn md.idno mx.curp my.nric nl.bsn nl.onderwijsnummer
    no.fodselsnummer pl.pesel pt.nif ro.cnp se.personnummer si.emso sk.rc th.pin tr.tckimlik ua.rntrc za.idnr
"""
_TAXES = """
    ad.nrt al.nipt ar.cuit at.tin at.uid au.abn au.acn au.tfn be.vat bg.vat br.cnpj by.unp ca.bn ch.uid ch.vat cn.uscc
    co.nit cy.vat cz.dic de.vat dk.cvr do.rnc ec.ruc ee.kmkr es.cif fi.alv fi.ytunnus fr.siren fr.siret fr.tva gb.utr
    gb.vat gr.vat gt.nit hu.anum ie.vat in_.gstin it.iva jp.cn kr.brn lt.pvm lu.tva mc.tva mt.vat mx.rfc nl.btw no.mva
    no.orgnr nz.ird pe.ruc pl.nip pl.regon py.ruc ro.cf rs.pib ru.inn ru.ogrn se.orgnr se.vat sg.uen si.ddv sk.dph
    sv.nit tr.vkn tw.ubn ua.edrpou uy.rut ve.rif vn.mst za.tin
"""
_ACCOUNTS = "ar.cbu cz.bankaccount es.ccc no.kontonr nz.bankaccount us.rtn"
_DEVICES = "imei meid"
_THINGS = """
    ean isbn issn ismn isin cusip gb.sedol figi imo iso6346 casrn lei isil isrc eu.banknote eu.ecnumber it.aic
    es.referenciacatastral es.cups eu.eic
"""
_TRIED_FIRST = 16
_PROMISING = 0.2
_SCRAMBLED = 600  # numbers made for each measurement of chance
_LUHN = "numbers with a Luhn check digit"
_CHANCE = 1e-6  # how seldom chance alone may look so
_CARD = re.compile(
    r"3[47]\d{13}|4\d{12}(?:\d{3})?(?:\d{3})?|(?:5[1-5]|2[2-7])\d{14}|(?:6011|65\d\d|64[4-9]\d)\d{12}"
    r"|(?:30[0-5]|3[68]\d)\d{11}|35\d{14}|(?:50|5[6-9]|6\d)\d{11,17}"
)

Check = Callable[[str], bool]


@dataclass(frozen=True)
class Numbers:
    """What so many of the values are: of a meaning, or (None) numbers of things. `name` is the scheme's."""

    meaning: str | None
    name: str
    matched: int


def recognized(values: Sequence[str]) -> Numbers | None:
    """The numbers with check digits that the values are, more than chance would make them; None if they are none."""
    distinct = list(dict.fromkeys(values))
    if not distinct:
        return None
    candidates: list[tuple[float, float, Numbers]] = []
    few = distinct[:: max(1, len(distinct) // _TRIED_FIRST)][:_TRIED_FIRST]
    for about, name, check in _schemes():
        if sum(map(check, few)) < max(1, _PROMISING * len(few)):
            continue
        matched = sum(map(check, distinct))
        by_chance = share_by_chance(distinct, check)
        with_ends = share_by_chance(distinct, check, ends_only=True)
        if is_beyond_chance(matched, len(distinct), max(by_chance, with_ends)):
            found = Numbers(about, name, sum(map(check, values)))
            candidates.append((matched / len(distinct), by_chance, found))
    return _best(candidates)


def _best(candidates: Sequence[tuple[float, float, Numbers]]) -> Numbers | None:
    """Of schemes that fit, the one that says most: many have the same check digit, and accept little else or much."""
    share, by_chance, found = max(candidates, key=lambda one: one[0] - one[1], default=(0.0, 0.0, None))
    for other_share, other_by_chance, other in candidates:
        if other.name == _LUHN and other_share >= share and by_chance * 2 > other_by_chance:
            return other
    return found


def share_by_chance(values: Sequence[str], check: Check, *, ends_only: bool = False) -> float:
    """The share that the check accepts of values like these, but for their digits, or for the last two of them."""
    chance = random.Random(0)
    change = _last_digits if ends_only else _all_digits
    made = [change(values[number % len(values)], chance) for number in range(_SCRAMBLED)]
    return (sum(map(check, made)) + 1) / (_SCRAMBLED + 2)


def is_beyond_chance(matched: int, of: int, by_chance: float) -> bool:
    """Whether so many matches among so many values are no chance: the upper tail of a binomial distribution."""
    if matched == 0 or matched / of <= by_chance:
        return False
    rare = 0.0
    for count in range(matched, of + 1):
        ways = lgamma(of + 1) - lgamma(count + 1) - lgamma(of - count + 1)
        rare += exp(ways + count * log(by_chance) + (of - count) * log(1 - by_chance))
    return rare < _CHANCE


def is_card(text: str) -> bool:
    """Whether it is a number as banks give them to cards, check digit and all."""
    digits = re.sub(r"[ -]", "", text)
    return bool(_CARD.fullmatch(digits)) and checks("luhn")(digits)


@cache
def checks(module: str) -> Check:
    """Whether a text is valid, by a module of python-stdnum. Never raises: what went wrong would quote the value."""
    is_valid = import_module(f"stdnum.{module}").is_valid

    def check(text: str) -> bool:
        try:
            return bool(is_valid(text))
        except Exception:  # whatever a validator chokes on is none of its numbers
            return False

    return check


@cache
def _schemes() -> tuple[tuple[str | None, str, Check], ...]:
    found: list[tuple[str | None, str, Check]] = [("credit_card", "card numbers", is_card)]
    groups: Iterator[tuple[str | None, str]] = iter(
        (
            ("national_id", _PERSONS),
            ("national_id", _TAXES),
            ("account_number", _ACCOUNTS),
            ("device", _DEVICES),
            (None, _THINGS),
        )
    )
    for about, modules in groups:
        found += [(about, _title(module), checks(module)) for module in modules.split()]
    found.append(("identifier", _LUHN, checks("luhn")))
    return tuple(found)


def _title(module: str) -> str:
    """The scheme as a person would say it: numbers 'pesel' of pl."""
    country, _, name = module.rpartition(".")
    return f"{name.upper()} numbers ({country.strip('_').upper()})" if country else f"{name.upper()} numbers"


def _all_digits(text: str, chance: random.Random) -> str:
    return re.sub(r"\d", lambda _: str(chance.randrange(10)), text)


def _last_digits(text: str, chance: random.Random) -> str:
    places = [match.start() for match in re.finditer(r"\d", text)][-2:]
    letters = list(text)
    for place in places:
        letters[place] = str(chance.randrange(10))
    return "".join(letters)
