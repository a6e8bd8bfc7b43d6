"""A name says what a column holds, in several languages; and many a word does not say what it seems to."""

from __future__ import annotations

import subprocess
import sys

import pytest
from columns import column, table

from devdb.classifying import propose
from devdb.classifying.meaning_words import MEANINGS
from devdb.classifying.meanings import _MEANINGS, Meaning, mask_of
from devdb.classifying.proposal import Proposal, as_plain
from devdb.classifying.splitting import split
from devdb.masking import registry
from devdb.masking.families import family_of
from devdb.masking.kind import Fit
from devdb.settings import Mask

BY_LANGUAGE = {
    "en": "first_name=first_name surname=last_name birthDate:date=date_shift PHONE_NUMBER=phone zipcode=postal_code",
    "de": "Vorname=first_name Nachname=last_name geburtsdatum:date=date_shift Straße=street Telefonnummer=phone"
    " Steuernummer=pattern Kundenname=full_name kunden_nr=pattern Gehalt:numeric=noise Bemerkung=text plz=postal_code",
    "fr": "prénom=first_name nom_de_famille=last_name dateNaissance:date=date_shift ville=city courriel=email"
    " code_postal=postal_code num_secu=pattern commentaire=text",
    "es": "apellido1=last_name fecha_nacimiento:date=date_shift correo_electronico=email telefono=phone dni=pattern"
    " nombre_cliente=full_name calle=street código_postal=postal_code",
    "it": "cognome=last_name data_nascita:date=date_shift indirizzo=street città=city codice_fiscale=pattern",
    "pt": "sobrenome=last_name data_nascimento:date=date_shift endereço=street telemóvel=phone cpf=pattern"
    " cep=postal_code",
    "nl": "voornaam=first_name achternaam=last_name geboortedatum:date=date_shift straatnaam=street bsn=pattern"
    " klantnummer=pattern telefoonnummer=phone opmerking=text",
    "pl": "imię=first_name nazwisko=last_name data_urodzenia:date=date_shift ulica=street miasto=city pesel=pattern"
    " numer_telefonu=phone kod_pocztowy=postal_code uwagi=text",
}
FALSE_FRIENDS = """
    email_sent_at:timestamptz company_id:bigint ip_count:integer email_count:integer is_email_verified:boolean
    email_verified email_type phone_type email_template ip_version:integer page:integer tokens:integer token_type
    image_type product_name file_name hostname produktname nombre_producto bank_name city_id:integer order_no
    refresh_token_expires_at:timestamptz emailing_round:integer shipment:integer strength:integer cap_limit:integer
    salary_currency birthday_mail_sent:boolean address_id:uuid phone_verified_at:timestamptz country state status code
"""


def proposal(text: str, comment: str | None = None, **of_table: object) -> Proposal:
    name, _, type = text.partition(":")
    made = column(name, type or "text")
    found = propose(table(made, **of_table), made, comment)  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_names_in_many_languages(language: str) -> None:
    for example in BY_LANGUAGE[language].split():
        name, _, kind = example.rpartition("=")
        found = proposal(name)
        assert (name, found.classified, found.mask) == (name, "confidential", kind)


@pytest.mark.parametrize("name", FALSE_FRIENDS.split())
def test_a_word_in_a_name_is_not_what_the_column_holds(name: str) -> None:
    found = proposal(name)
    assert (found.classified, found.mask) == ("internal", None), found


@pytest.mark.parametrize("name", ["email", "e_mail", "E-Mail", "eMail", "customerEmail", "EMAIL_ADDRESS", "emails"])
def test_words_are_split_where_people_begin_new_ones(name: str) -> None:
    assert proposal(name).mask == "email"


@pytest.mark.parametrize("name", ["straße", "strasse", "STRASSE", "Straße"])
def test_letters_are_compared_without_accents(name: str) -> None:
    assert proposal(name).mask == "street"
    assert split("überGröße_2") == ("uber", "grosse")
    assert proposal("kuerzel").is_kept
    assert proposal("Kürzel").is_kept


@pytest.mark.parametrize(
    ("name", "owner", "kept"),
    [("name", "product", True), ("name", "customer", False), ("nom", "salaries", False), ("name", "xyz", False)],
)
def test_whose_name_it_is_is_said_by_the_table(name: str, owner: str, kept: bool) -> None:
    assert proposal(name, name=owner).is_kept == kept


def test_secrets_are_the_highest_class() -> None:
    for name in ("password_hash", "apiKey", "Passwort", "mot_de_passe", "contraseña", "wachtwoord", "hasło", "pin"):
        assert proposal(name).classified == "secret", name


def test_what_fits_the_type_is_proposed() -> None:
    expected = {
        "from:inet": "ip",
        "nic:macaddr": "mac",
        "scan:bytea": "bytes",
        "shape:geometry": "geometry",
        "emails:text[]": {"kind": "array", "element": "email"},
        "phone:bigint": "number",
        "religion:boolean": "shuffle",
        "place_of_birth": "city",
        "age:integer": "noise",
    }
    assert {name: proposal(name).mask for name in expected} == expected


def test_keys_get_masks_that_keep_different_values_different() -> None:
    for name, kind in {"email": "email", "full_name": "hash", "pesel": "pattern", "login": "username"}.items():
        assert proposal(name, key=(name,)).mask == kind
        assert proposal(name, unique=(name, "other")).mask == kind


def test_surrogate_keys_and_bookkeeping_are_kept() -> None:
    for name in ("id:bigint", "customer_id:integer", "created_at:timestamptz", "amount:numeric", "active:boolean"):
        assert proposal(name, key=("id",)).is_kept, name


def test_a_column_that_may_not_be_null_gets_no_null() -> None:
    nullable, required = column("document", "jsonb"), column("document", "jsonb", not_null=True)
    assert propose(table(nullable), nullable, None).mask == "null"  # type: ignore[union-attr]
    assert propose(table(required), required, None).mask == {"kind": "constant", "value": "{}"}  # type: ignore[union-attr]


def test_a_comment_tells_as_well() -> None:
    assert proposal("c17", "E-mail address of the customer").mask == "email"
    assert proposal("c17", "Personenbezogene Daten!").classified == "confidential"
    assert proposal("c17:integer", "Secret.").classified == "secret"
    assert proposal("count:integer", "How many; no personal data").is_kept


def test_unknown_texts_are_not_believed_harmless() -> None:
    assert proposal("xyz").classified == "confidential"
    assert proposal("xyz:jsonb").classified == "confidential"


@pytest.mark.parametrize("is_unique", [False, True])
@pytest.mark.parametrize("about", _MEANINGS, ids=lambda about: about.name)
def test_every_mask_that_is_proposed_can_serve(about: Meaning, is_unique: bool) -> None:
    types = "text bigint numeric float8 boolean date timestamptz uuid inet macaddr jsonb bytea geometry interval point"
    for type in (*types.split(), "text[]", "bigint[]", "inet[]", "date[]"):
        made = column("x", type)
        proposed = mask_of(about, table(made, unique=("x",) if is_unique else ()), made)
        if proposed is None:
            assert is_unique, (type, about.name)
            continue
        mask = Mask.of(as_plain(proposed))
        fit = Fit(made.type, made.base_type, family_of(made), is_unique=is_unique)
        assert registry.refusal(mask, fit) is None, (type, proposed)
        # NULL is no value that must be unique.
        if is_unique and mask.kind != "null":
            assert registry.kind_of(mask).is_injective(fit, mask.options), (type, proposed)


def test_every_word_is_in_one_place() -> None:
    """A word of two meanings would be proposed as the first of them only."""
    seen: dict[str, str] = {}
    for about, languages in MEANINGS.items():
        for phrase in {phrase.strip() for text in languages.values() for phrase in text.split(",")}:
            assert seen.setdefault(phrase, about) == about, phrase
            assert phrase, about


def test_it_costs_no_heavy_import() -> None:
    heavy = ("faker", "phonenumbers", "stdnum", "ruamel")
    code = f"import sys, devdb.classifying; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
