"""Words that names of columns and tables are made of, in several languages. To extend: add a word, or a line.

Each text is a list of phrases, separated by commas. Write them as a person does, accents and all: they are compared
without, `ü` as `u` and as `ue`, and the words of a phrase together or apart (first_name, firstName, FIRSTNAME). A
plural in -s needs no entry of its own.
"""

from __future__ import annotations

# What names somebody. With a word for name or number it is that person's: customer_name, kundennummer.
PERSON = (
    "person, people, user, member, customer, client, employee, staff, worker, owner, patient, contact, subscriber,"
    " student, pupil, teacher, author, passenger, guest, tenant, landlord, applicant, candidate, driver, doctor,"
    " nurse,"
    " physician, inspector, recipient, sender, addressee, buyer, seller, holder, insured, beneficiary, spouse,"
    " mother,"
    " father, child, husband, wife, relative, guardian, friend, colleague, manager, supervisor, boss, lawyer,"
    " witness,"
    " debtor, creditor, donor, voter, player, participant, attendee, visitor, resident, citizen, inhabitant, officer,"
    " agent, representative, trustee, signer, approver, reviewer, editor, creator, artist, speaker, technician,"
    " operator, who, lead, prospect, borrower, heir, cardholder, householder, account manager, team member,"
    # German
    " kunde, kunden, kundin, mitarbeiter, mitarbeiterin, angestellter, eigentümer, besitzer, patientin, mitglied,"
    " mitglieder, teilnehmer, schüler, lehrer, autor, fahrer, arzt, ärztin, bewerber, empfänger, absender, käufer,"
    " verkäufer, versicherter, versicherte, mieter, vermieter, ehepartner, mutter, vater, kind, benutzer, nutzer,"
    " bürger, einwohner, zeuge, anwalt, betreuer, vorgesetzter, kontakt, prüfer, gast, personal,"
    # French
    " personne, utilisateur, salarié, employé, adhérent, membre, élève, étudiant, enseignant, propriétaire,"
    " locataire,"
    " médecin, destinataire, expéditeur, acheteur, vendeur, bénéficiaire, conjoint, mère, père, enfant, assuré,"
    " auteur,"
    " témoin, avocat, candidat, abonné, habitant, conducteur, responsable, chauffeur,"
    # Spanish
    " persona, cliente, empleado, usuario, paciente, miembro, alumno, estudiante, profesor, socio, titular, dueño,"
    " propietario, inquilino, médico, destinatario, remitente, comprador, vendedor, beneficiario, cónyuge, madre,"
    " padre,"
    " hijo, asegurado, testigo, abogado, conductor, trabajador, ciudadano, huésped, solicitante,"
    # Italian
    " dipendente, utente, paziente, membro, studente, insegnante, proprietario, inquilino, mittente, acquirente,"
    " venditore, coniuge, figlio, assicurato, testimone, avvocato, autista, lavoratore, cittadino, ospite,"
    # Portuguese
    " pessoa, funcionário, usuário, utilizador, aluno, professor, sócio, proprietário, inquilino, remetente,"
    " comprador,"
    " cônjuge, mãe, pai, filho, segurado, testemunha, advogado, motorista, trabalhador, cidadão, hóspede,"
    " colaborador,"
    # Dutch
    " persoon, klant, klanten, medewerker, gebruiker, gebruikers, lid, leden, eigenaar, huurder, verhuurder,"
    " ontvanger,"
    " afzender, koper, verkoper, begunstigde, echtgenoot, moeder, vader, verzekerde, getuige, advocaat, bestuurder,"
    " werknemer, burger, gast, leerling, leraar, patiënt,"
    # Polish
    " osoba, osoby, klient, klienci, klienta, pracownik, pracownicy, pracownika, użytkownik, użytkownika, pacjent,"
    " pacjenci, pacjenta, członek, uczeń, student, nauczyciel, właściciel, najemca, lekarz, odbiorca, nadawca,"
    " nabywca,"
    " sprzedawca, beneficjent, małżonek, matka, ojciec, dziecko, ubezpieczony, świadek, kierowca, obywatel, gość"
)

# What is not a person: its name says nothing of one.
THING = (
    "order, invoice, ticket, shipment, batch, lot, serial, delivery, quote, payment, transaction, request, rechnung,"
    " bestellung, auftrag, lieferung, angebot, commande, facture, livraison, pedido, factura, ordine, fattura,"
    " fatura,"
    " encomenda, bestelling, factuur, zamówienie, faktura, product, article, item, category, tag, file, filename,"
    " table, column, schema, database, host, server, domain,"
    " service, app, application, module, package, plugin, feature, event, job, task, queue, project, team, group,"
    " role,"
    " permission, region, country, state, municipality, district, zone, area, area code, department, division,"
    " branch,"
    " unit, parameter, method, device, machine, sensor, model, brand, manufacturer, maker, material, colour, color,"
    " currency, language, template, report, document, folder, channel, campaign, plan, warehouse, store, shop,"
    " school,"
    " university, hospital, laboratory, lab, hotel, restaurant, station, airport, vehicle, ship, vessel, book, film,"
    " movie, song, album, game, course, subject, class, species, chemical, drug, medicine, recipe, ingredient, dish,"
    " menu, page, attribute, property, setting, option, field, type, kind, status, level, version, release, build,"
    " branch, repository, metric, dashboard, index, sequence, constraint, function, migration, holiday, season,"
    " section,"
    " bank, post, position, title, grade, licence type, license type, mime, media, process, operation, action,"
    " resource,"
    # German
    " produkt, artikel, kategorie, datei, tabelle, spalte, dienst, gruppe, rolle, land, bundesland, kreis, gebiet,"
    " abteilung, einheit, gerät, maschine, modell, marke, hersteller, farbe, währung, sprache, vorlage, bericht,"
    " dokument, ordner, lager, filiale, schule, klasse, fach, buch, spiel, kurs, ware, sorte, maßnahme, projekt,"
    " schutzgebiet, standort, raum, gebäude, anlage, bauteil,"
    # French
    " produit, catégorie, fichier, colonne, groupe, rôle, pays, région, département, unité, appareil, modèle,"
    " marque, fabricant, couleur, devise, langue, modèle, rapport, dossier, magasin, école, livre, jeu, cours,"
    " projet,"
    # Spanish, Italian, Portuguese
    " producto, artículo, categoría, archivo, fichero, tabla, columna, servicio, grupo, rol, país, región,"
    " departamento,"
    " unidad, dispositivo, modelo, marca, fabricante, color, moneda, idioma, informe, documento, carpeta, almacén,"
    " tienda, escuela, libro, juego, curso, proyecto, prodotto, articolo, categoria, servizio, gruppo, ruolo, paese,"
    " regione, reparto, unità, modello, valuta, lingua, cartella, magazzino, negozio, scuola, libro, progetto,"
    " produto,"
    " artigo, ficheiro, arquivo, coluna, serviço, papel, região, unidade, moeda, relatório, pasta, armazém, loja,"
    " escola, livro, jogo, projeto,"
    # Dutch, Polish
    " productgroep, categorie, bestand, tabel, kolom, dienst, groep, rol, afdeling, eenheid, apparaat, merk,"
    " fabrikant,"
    " kleur, munt, taal, rapport, map, magazijn, winkel, boek, spel, vak, towar, kategoria, plik, tabela, kolumna,"
    " usługa, grupa, kraj, województwo, powiat, gmina, dział, jednostka, urządzenie, marka, producent, kolor, waluta,"
    " język, raport, magazyn, sklep, szkoła, książka, gra, kurs, projekt"
)

NAME = "name, nom, nombre, nome, naam, nazwa, navn, namn, nimi, názov, název, név, имя, название"
NUMBER = (
    "no, nr, num, number, nummer, numéro, número, numero, numer, code, kód, kod, código, codice, ref, reference,"
    " referenz,"
    " référence, referencia, riferimento, referência, identifier, id, key, kennzeichen, kennung"
)

# After what a column seems to be about, or before it: it is about something else that is harmless.
NEUTRAL_LAST = (
    "at, on, sent, count, cnt, verified, confirmed, valid, validated, validation, verification, enabled, disabled,"
    " active,"
    " flag, type, kind, typ, art, tipo, soort, rodzaj, status, id, ids, uuid, guid, format, template, vorlage,"
    " subject,"
    " server, host, port, domain, version, language, lang, locale, encoding, order, sort, position, rank, length,"
    " len,"
    " size, limit, quota, max, min, total, sum, avg, category, level, mode, method, priority, frequency, interval,"
    " provider, visible, hidden, required, optional, allowed, blocked, bounced, opened, clicked, failed, delivered,"
    " received, read, attempt, attempts, retry, retries, error, result, opt in, optin, opt out, optout, consent,"
    " preference, date, datum, fecha, time, timestamp, year, month, day, since, until, expiry, expires, expired,"
    " expiration, created, updated, changed, deleted, modified, policy, rule, country, prefix, extension, schema,"
    " percent, percentage, ratio, rate, score, weight, height, width, unit, currency, usage, source, group, role,"
    " class,"
    " index, hash type, algorithm, ttl, timeout, anzahl, menge, gesendet, aktiv, gültig, geprüft, bestätigt,"
    " envoyé, vérifié, actif, enviado, verificado, activo, inviato, verificato, attivo, ativo, verzonden, aantal,"
    " geverifieerd, actief, wysłano, liczba, aktywny, zweryfikowany"
)
NEUTRAL_FIRST = (
    "is, has, had, can, may, should, must, allow, allows, show, hide, enable, use, uses, send, requires, count,"
    " number of,"
    " num, n, nb, nbr, anzahl, ist, hat, darf, est, peut, es, tiene, puede, ha, tem, heeft, czy, liczba, ilość,"
    " aantal,"
    " cantidad, quantità, quantidade, max, min, total, date, datum, fecha, data, dt, ts, time, when, last sent,"
    " default"
)

# Texts that a program chose, not a person, if nothing else is known of them.
LABELS = (
    "district, county, department, division, warehouse, status, state, type, kind, category, code, unit, currency,"
    " language, lang, locale, country, country code,"
    " timezone,"
    " time zone, tz, colour, color, size, mode, level, format, mime type, media type, content type, version,"
    " priority,"
    " severity, grade, role, operation, action, event type, table name, column name, schema name, sku, ean, isbn,"
    " issn,"
    " gtin, barcode, slug, environment, app, module, class, material, brand, maker, model, region, zone, group, tier,"
    " channel, icon, sort order, method, checksum, digest, sha1, sha256, md5, etag, quality, algorithm, encoding,"
    " province, federal state, engine, platform, protocol, scope, hash algorithm, namespace, job title, profession,"
    " typ, art, zustand, kategorie, einheit, währung, sprache, land, farbe, größe, stufe, rolle, kürzel, abkürzung,"
    " gruppe, klasse, bundesland, region, herkunftsland, beruf, statut, état, catégorie, unité, devise, langue, pays,"
    " couleur, taille, niveau, rôle, estado, tipo, categoría, unidad, moneda, idioma, país, color, nivel, rol, stato,"
    " categoria, unità, valuta, lingua, paese, colore, livello, ruolo, moeda, cor, nível, papel, soort, eenheid,"
    " munt,"
    " taal, kleur, niveau, rodzaj, kategoria, jednostka, waluta, język, kraj, kolor, poziom, rola"
)
# What a person wrote to name a thing, or to tell of it: harmless if the values show no person.
TITLES = (
    "title, label, caption, heading, headline, description, descr, desc, summary, subject, abstract, text,"
    " content, value,"
    " titel, bezeichnung, beschreibung, betreff, überschrift, inhalt, wert, titre, libellé, description, intitulé,"
    " sujet,"
    " título, descripción, asunto, etiqueta, titolo, descrizione, oggetto, etichetta, título, descrição, assunto,"
    " rótulo,"
    " titel, omschrijving, beschrijving, onderwerp, tytuł, opis, temat, etykieta"
)
BY = "by, von, par, por, da, door, przez"
BY_WHOM = (
    "created, updated, changed, modified, deleted, uploaded, entered, approved, reviewed, signed, edited, checked,"
    " sent,"
    " assigned, requested, reported, inserted, taken, measured, submitted, handled, processed, issued, written,"
    " added,"
    " erstellt, geändert, angelegt, erfasst, freigegeben, créé, modifié, creado, modificado, creato, modificato,"
    " criado,"
    " alterado, aangemaakt, gewijzigd, utworzony, zmieniony, verified, locked, closed, opened, booked, ordered, owned"
)

# Short, or of another meaning in another language: believed if the values do not say otherwise.
AMBIGUOUS = (
    "cap, via, cp, pin, genre, kennzeichen, ort, str, ul, rg, cif, rib, nib, mac, lat, lon, tin, site, link, by,"
    " scan,"
    " portable, prime, race, salt, bonus, handle, alias, reason, motif, motivo, avis, sex, commune, prefix, mobil,"
    " mobile,"
    " cell, nota, indeks, residence, stad, face, voice, about, minutes, lead, vin, state, poczta, correo, correio,"
    " bild"
)

# Tables of which any words and traits are delicate.
DELICATE = (
    "absence, sickness, sick leave, illness, diagnosis, disease, treatment, prescription, medication, health,"
    " medical,"
    " disability, disciplinary, grievance, garnishment, krankmeldung, abwesenheit, fehlzeit, diagnose, behandlung,"
    " rezept, gesundheit, maladie, absence, traitement, ordonnance, enfermedad, ausencia, tratamiento, receta médica,"
    " malattia, assenza, trattamento, prescrizione, doença, ausência, tratamento, ziekte, verzuim, behandeling,"
    " choroba,"
    " nieobecność, leczenie, recepta"
)

# In a comment: somebody has said what it is.
SAID_SECRET = "secret, geheim, streng geheim, top secret, secreto, segreto, tajne"
SAID_PERSONAL = (
    "personal data, personal information, personally identifiable, pii, gdpr, dsgvo, rgpd, confidential, sensitive,"
    " anonymise, anonymize, personenbezogen, personenbezogene daten, vertraulich, données personnelles, confidentiel,"
    " datos personales, confidencial, dati personali, riservato, dados pessoais, persoonsgegevens, vertrouwelijk,"
    " dane osobowe, poufne"
)
NOT = "no, not, never, without, non, kein, keine, nicht, ohne, pas, sans, sin, senza, sem, geen, niet, zonder, nie, bez"

# Ends of compounds, as German, Dutch and the Scandinavian languages make them: kundenname, klantnummer.
ENDS = "name, namen, nummer, nr, naam, datum, adresse, mail, telefon, straße"
