"""Words by what columns that they name are about, in several languages. Written as in `words`."""

from __future__ import annotations

# What a column is about. Of several that a name mentions, the first of this list counts.
MEANINGS: dict[str, dict[str, str]] = {
    "secret": {
        "en": "password, passwd, pwd, passphrase, pass phrase, passcode, pass hash, password hash, password salt,"
        " salt,"
        " secret, token, api key, access key, private key, secret key, signing key, encryption key, credential, totp,"
        " session key, session id, session data, cookie, refresh token, recovery code,"
        " backup code, security answer, security question, auth code, access code, fingerprint hash",
        "de": "passwort, kennwort, geheimnis, schlüsselwort, zugangscode, sicherheitsfrage",
        "fr": "mot de passe, mdp, secret, jeton, code secret, clé privée",
        "es": "contraseña, clave secreta, clave privada, clave acceso, secreto",
        "it": "parola chiave, chiave privata, segreto, codice segreto",
        "pt": "senha, palavra passe, chave privada, segredo",
        "nl": "wachtwoord, geheim, toegangscode",
        "pl": "hasło, sekret, klucz prywatny, kod dostępu",
    },
    "pin": {
        "en": "pin, pin code, cvv, cvc, otp, security code",
        "de": "geheimzahl, prüfziffer karte",
        "nl": "pincode",
    },
    "sensitive": {
        "en": "diagnosis, diagnoses, illness, disease, disability, handicap, medication, allergy, allergies, medical,"
        " medical history, blood type, blood group, health, religion, religious affiliation, ethnicity, ethnic group,"
        " race, sexual orientation, political party, political view, trade union, union membership, criminal record,"
        " conviction, pregnancy, pregnant, biometric, genetic, hiv status, smoker",
        "de": "diagnose, krankheit, erkrankung, behinderung, schwerbehindert, schwerbehinderung, medikation,"
        " allergie,"
        " allergien, gesundheit, blutgruppe, religion, konfession, kirchensteuer, kirchensteuermerkmal, ethnie,"
        " herkunft, schwanger, schwangerschaft, gewerkschaft, krankmeldung, vorstrafen, raucher",
        "fr": "diagnostic, maladie, handicap, allergie, santé, groupe sanguin, religion, ethnie, grossesse, syndicat,"
        " casier judiciaire, antécédents médicaux",
        "es": "diagnóstico, enfermedad, discapacidad, alergia, salud, grupo sanguíneo, religión, etnia, embarazo,"
        " sindicato, antecedentes penales",
        "it": "diagnosi, malattia, disabilità, allergia, salute, gruppo sanguigno, religione, etnia, gravidanza,"
        " sindacato, casellario",
        "pt": "diagnóstico, doença, deficiência, alergia, saúde, grupo sanguíneo, religião, etnia, raça, gravidez",
        "nl": "diagnose, ziekte, beperking, allergie, gezondheid, bloedgroep, geloof, godsdienst, etniciteit,"
        " zwanger,"
        " vakbond, strafblad",
        "pl": "diagnoza, choroba, niepełnosprawność, alergia, zdrowie, grupa krwi, religia, wyznanie, ciąża,"
        " związek zawodowy",
    },
    "credit_card": {
        "en": "credit card, credit card number, credit card no, card number, card no, cc number, cc num, debit card,"
        " payment card, pan number, cardnumber",
        "de": "kreditkarte, kreditkartennummer, kartennummer, kreditkarten nr, karten nr",
        "fr": "carte bancaire, carte de crédit, numéro carte, numéro de carte",
        "es": "tarjeta de crédito, tarjeta crédito, número tarjeta, número de tarjeta",
        "it": "carta di credito, carta credito, numero carta",
        "pt": "cartão de crédito, cartão crédito, número cartão, número do cartão",
        "nl": "creditcard, kaartnummer, creditcardnummer",
        "pl": "karta kredytowa, numer karty",
    },
    "iban": {"en": "iban, iban number, bank account iban, iban nr, iban no"},
    "account_number": {
        "en": "bank account, bank account number, account number, account no, sort code, routing number, bic, swift,"
        " swift code, sepa mandate",
        "de": "bankverbindung, kontonummer, kontonr, konto nr, bankkonto, bankleitzahl, blz",
        "fr": "compte bancaire, numéro de compte, numéro compte, rib, code guichet",
        "es": "cuenta bancaria, número de cuenta, número cuenta",
        "it": "conto corrente, conto bancario, numero conto, coordinate bancarie",
        "pt": "conta bancária, número da conta, nib",
        "nl": "bankrekening, rekeningnummer, bankrekeningnummer",
        "pl": "konto bankowe, numer konta, numer rachunku, nr konta, nr rachunku",
    },
    "national_id": {
        "en": "ssn, social security, social security number, social security no, national id, national id number,"
        " national insurance number, nino, national insurance no, nhs number, passport, passport number, passport no,"
        " id card, id card number, identity card, identity number, identity document, id number, driving licence,"
        " driving license, driver license, drivers license, driver licence, licence number, license number,"
        " licence no, license no, tax id, tax number, tax no, tax code, taxpayer id, tin, vat id, vat number, vat no,"
        " personal number, personal id, personal code, civil registration number, health insurance number,"
        " insurance number, insurance no, policy number, medicare number, voter id",
        "de": "sozialversicherungsnummer, sv nummer, svnr, sv nr, steuernummer, steuer nr, steuer id, steuerid,"
        " steueridentifikationsnummer, steuer identifikationsnummer, ust id, ustid, ust idnr, umsatzsteuer id,"
        " ausweisnummer, ausweis nr, ausweis, personalausweis, personalausweisnummer, reisepass, reisepassnummer,"
        " passnummer, pass nr, führerschein, führerscheinnummer, krankenversicherungsnummer, versichertennummer,"
        " versicherungsnummer, ahv nummer, ahv nr, rentenversicherungsnummer",
        "fr": "numéro sécurité sociale, numéro de sécurité sociale, sécurité sociale, num secu, nir, numéro fiscal,"
        " identifiant fiscal, carte identité, carte d identité, passeport, numéro passeport, numéro de passeport,"
        " permis de conduire, numéro tva, siret, siren",
        "es": "dni, nie, nif, cif, cédula, curp, rfc, cuit, cuil, pasaporte, número pasaporte, seguridad social,"
        " número seguridad social, número de seguridad social, documento identidad, documento de identidad,"
        " carnet de conducir, carné de conducir",
        "it": "codice fiscale, partita iva, p iva, piva, carta identità, carta d identità, passaporto,"
        " numero passaporto, patente, patente di guida, tessera sanitaria",
        "pt": "cpf, cnpj, rg, nif, niss, contribuinte, número contribuinte, cartão de cidadão, bilhete de identidade,"
        " passaporte, carta de condução, cnh",
        "nl": "bsn, burgerservicenummer, sofinummer, rijksregisternummer, paspoort, paspoortnummer, rijbewijs,"
        " rijbewijsnummer, identiteitskaart, btw nummer",
        "pl": "pesel, nip, regon, dowód osobisty, numer dowodu, nr dowodu, paszport, numer paszportu, nr paszportu,"
        " prawo jazdy",
        "other": "personnummer, fødselsnummer, cpr nummer, henkilötunnus, hetu, rodné číslo, rodne cislo, cnp,"
        " oib, egn",
    },
    "email": {
        "en": "email, e mail, mail, email address, e mail address, mail address, email addr, recipient email",
        "de": "mailadresse, emailadresse, e mail adresse, email adresse, mail adresse",
        "fr": "courriel, adresse courriel, adresse mail, adresse email, adresse e mail, mél",
        "es": "correo, correo electrónico, dirección de correo, dirección correo",
        "it": "posta elettronica, indirizzo email, indirizzo mail, pec",
        "pt": "correio eletrônico, correio eletrónico, correio, endereço email, endereço de email",
        "nl": "mailadres, emailadres, e mailadres, e mail adres",
        "pl": "poczta, poczta elektroniczna, adres email, adres e mail",
        "other": "epost, e post, epostadress, sähköposti, eposta, e posta, почта",
    },
    "phone": {
        "en": "phone, phone number, phone no, telephone, telephone number, telephone no, mobile, mobile number,"
        " mobile phone, mobile no, cell, cell phone, cellphone, fax, fax number, fax no, tel, tel no, landline,"
        " home phone, work phone, msisdn, whatsapp, sms number, contact number, direct dial",
        "de": "telefon, telefonnummer, telefon nr, telefonnr, tel nr, telnr, handy, handynummer, handynr,"
        " mobilnummer, mobiltelefon, mobil, mobilfunk, mobilfunknummer, rufnummer, faxnummer, durchwahl, festnetz",
        "fr": "téléphone, numéro téléphone, numéro de téléphone, portable, télécopie, tél, téléphone portable",
        "es": "teléfono, número teléfono, número de teléfono, móvil, celular, teléfono móvil, teléfono fijo",
        "it": "telefono, numero telefono, numero di telefono, cellulare, telefono cellulare, recapito telefonico",
        "pt": "telefone, número telefone, número de telefone, celular, telemóvel, telefone fixo",
        "nl": "telefoon, telefoonnummer, mobiel, mobiele telefoon, mobielnummer, gsm, faxnummer",
        "pl": "telefon, numer telefonu, nr telefonu, komórka, telefon komórkowy, tel kom",
        "other": "telefonnummer, mobilnummer, puhelin, puhelinnumero, telefonní číslo, телефон",
    },
    "mac": {"en": "mac, mac address, mac addr, hardware address, bssid", "de": "mac adresse"},
    "ip": {
        "en": "ip, ip address, ip addr, ipaddr, ipaddress, client ip, remote ip, remote addr, remote address, ipv4,"
        " ipv6, x forwarded for, forwarded for, source ip, last ip",
        "de": "ip adresse, ipadresse",
        "fr": "adresse ip",
        "es": "dirección ip",
        "it": "indirizzo ip",
        "pt": "endereço ip",
        "nl": "ip adres, ipadres",
        "pl": "adres ip",
    },
    "device": {
        "en": "imei, imsi, iccid, device id, device identifier, device token, advertising id, idfa, gaid, udid,"
        " visitor id, tracking id, client fingerprint, browser fingerprint, license plate, licence plate,"
        " plate number, plate no, number plate, registration plate, vehicle registration, vin,"
        " vehicle identification number",
        "de": "kennzeichen, kfz kennzeichen, autokennzeichen, fahrgestellnummer, fahrzeugidentifikationsnummer",
        "fr": "immatriculation, plaque immatriculation, numéro immatriculation",
        "es": "matrícula vehículo, matrícula coche, bastidor, placa vehículo",
        "it": "targa, numero targa, telaio",
        "pt": "placa veículo, matrícula veículo",
        "nl": "kenteken, kentekenplaat",
        "pl": "numer rejestracyjny, nr rejestracyjny",
    },
    "url": {
        "en": "url, uri, website, web site, homepage, home page, web page, webpage, blog, link, href, linkedin,"
        " facebook,"
        " twitter, instagram, profile url, avatar url, photo url, image url, referer, referrer, callback url",
        "de": "webseite, internetseite",
        "fr": "site web, site internet, lien, page web",
        "es": "sitio web, página web, enlace",
        "it": "sito web, sito internet, sito",
        "pt": "sítio web, página web, site",
        "nl": "webadres, webpagina",
        "pl": "strona www, strona internetowa, www",
    },
    "username": {
        "en": "username, user name, login, login name, logon, nickname, nick name, nick, screen name, handle, userid,"
        " user login, account name, alias, github, skype, twitter handle, whodunnit",
        "de": "benutzername, anmeldename, nutzername, benutzerkennung, nutzerkennung, spitzname, kennung,"
        " sachbearbeiter, bearbeiter, angelegt von, geändert von, erstellt von, erfasst von",
        "fr": "nom utilisateur, nom d utilisateur, identifiant, pseudo, pseudonyme, créé par, modifié par",
        "es": "nombre usuario, nombre de usuario, apodo, creado por, modificado por",
        "it": "nome utente, soprannome, creato da, modificato da",
        "pt": "nome usuário, nome de usuário, nome utilizador, nome de utilizador, apelido login, criado por,"
        " modificado por, alterado por",
        "nl": "gebruikersnaam, inlognaam, aangemaakt door, gewijzigd door",
        "pl": "nazwa użytkownika, pseudonim, utworzył, zmodyfikował",
    },
    "birth": {
        "en": "birth date, birthdate, date of birth, birthday, birth day, dob, born, born on, born at, birth year,"
        " year of birth, birth month, birth, date birth, age, death date, date of death, died on, died, deceased on",
        "de": "geburtsdatum, geburtstag, geburtsjahr, geb datum, gebdatum, geb dat, geboren, geboren am, alter,"
        " lebensalter, sterbedatum, todesdatum, verstorben am",
        "fr": "date naissance, date de naissance, né le, née le, naissance, année naissance, année de naissance, âge,"
        " date décès, date de décès, anniversaire",
        "es": "fecha nacimiento, fecha de nacimiento, nacimiento, año nacimiento, edad, cumpleaños, fecha nac,"
        " fecha fallecimiento, fecha defunción",
        "it": "data nascita, data di nascita, nascita, nato il, nata il, anno nascita, età, compleanno, data decesso",
        "pt": "data nascimento, data de nascimento, nascimento, ano nascimento, idade, aniversário, data óbito,"
        " dt nascimento, dt nasc, data nasc",
        "nl": "geboortedatum, geboortejaar, geboren op, leeftijd, verjaardag, overlijdensdatum",
        "pl": "data urodzenia, rok urodzenia, urodziny, wiek, data śmierci, data zgonu, data ur",
        "other": "födelsedatum, fødselsdato, syntymäaika, datum narození, дата рождения",
    },
    "birth_place": {
        "en": "birth place, birthplace, place of birth, city of birth, birth city, born in",
        "de": "geburtsort, geburtsstadt",
        "fr": "lieu naissance, lieu de naissance, ville naissance, ville de naissance",
        "es": "lugar nacimiento, lugar de nacimiento, ciudad nacimiento",
        "it": "luogo nascita, luogo di nascita, comune nascita, comune di nascita",
        "pt": "local nascimento, local de nascimento, naturalidade",
        "nl": "geboorteplaats, geboortestad",
        "pl": "miejsce urodzenia",
    },
    "first_name": {
        "en": "first name, fname, given name, forename, christian name, middle name, second name, preferred name",
        "de": "vorname, vornamen, rufname, zweitname",
        "fr": "prénom, deuxième prénom",
        "es": "nombre pila, nombre de pila, primer nombre, segundo nombre, nombres",
        "it": "nome battesimo, nome di battesimo, secondo nome",
        "pt": "primeiro nome, nome próprio, nome do meio",
        "nl": "voornaam, voornamen, roepnaam, voorletters",
        "pl": "imię, imiona, drugie imię, pierwsze imię",
        "other": "förnamn, fornavn, etunimi, jméno, křestní jméno, имя, отчество",
    },
    "last_name": {
        "en": "last name, lname, surname, family name, maiden name, birth name, second surname",
        "de": "nachname, familienname, zuname, geburtsname, mädchenname",
        "fr": "nom famille, nom de famille, nom naissance, nom de naissance, nom jeune fille, nom de jeune fille,"
        " nom marital",
        "es": "apellido, apellidos, primer apellido, segundo apellido, apellido paterno, apellido materno",
        "it": "cognome",
        "pt": "sobrenome, apelido, último nome, nome família, nome de família",
        "nl": "achternaam, familienaam, meisjesnaam, geslachtsnaam, tussenvoegsel",
        "pl": "nazwisko, nazwisko panieńskie, nazwisko rodowe",
        "other": "efternamn, etternavn, efternavn, sukunimi, příjmení, фамилия",
    },
    "full_name": {
        "en": "full name, person name, contact person, real name, legal name, display name, cardholder,"
        " card holder, account holder, emergency contact, next of kin, signatory, signed by, attn, care of",
        "de": "vollständiger name, ansprechpartner, ansprechpartnerin, kontaktperson, kontoinhaber, karteninhaber,"
        " inhaber, unterzeichner, briefanrede",
        "fr": "nom complet, nom prénom, nom et prénom, personne contact, interlocuteur, titulaire compte",
        "es": "nombre completo, nombre y apellidos, nombre apellidos, persona contacto, persona de contacto",
        "it": "nome completo, nome cognome, nome e cognome, cognome nome, nominativo, referente, intestatario",
        "pt": "nome completo, pessoa contato, pessoa de contato, pessoa contacto",
        "nl": "volledige naam, contactpersoon, rekeninghouder, aanhef",
        "pl": "imię nazwisko, imię i nazwisko, osoba kontaktowa, posiadacz rachunku",
    },
    "street": {
        "en": "street, street name, street address, street line, address line, address line 1, address line 2,"
        " address1,"
        " address2, addr1, addr2, house number, house no, street number, street no, home address, mailing address,"
        " postal address, billing address, shipping address, delivery address, residence, apartment, po box",
        "de": "straße, straßenname, str, hausnummer, haus nr, hausnr, postfach, wohnadresse, postadresse, wohnung,"
        " lieferadresse, rechnungsadresse, anschrift, straße hausnummer",
        "fr": "rue, numéro rue, adresse postale, adresse ligne, voie, adresse livraison, adresse facturation, domicile",
        "es": "calle, número calle, dirección postal, domicilio, dirección envío, dirección facturación, portal piso",
        "it": "via, numero civico, civico, indirizzo residenza, indirizzo di residenza, residenza, domicilio",
        "pt": "rua, logradouro, morada, número porta, endereço residencial, bairro",
        "nl": "straat, straatnaam, huisnummer, huisnr, woonadres, postadres, bezorgadres",
        "pl": "ulica, ul, numer domu, nr domu, numer mieszkania, nr mieszkania, adres zamieszkania,"
        " adres korespondencyjny",
        "other": "gata, gatuadress, gade, katu, ulice, utca, улица",
    },
    "postal_code": {
        "en": "postal code, postcode, post code, zip, zip code, zipcode, zip 4",
        "de": "plz, postleitzahl",
        "fr": "code postal, cp",
        "es": "código postal, cod postal",
        "it": "cap, codice avviamento postale, codice postale",
        "pt": "código postal, cep",
        "nl": "postcode",
        "pl": "kod pocztowy",
        "other": "postnummer, postinumero, psč, indeks",
    },
    "city": {
        "en": "city, town, village, hometown, home town, city name, suburb, locality",
        "de": "ort, wohnort, stadt, ortsname, ortsteil, gemeindename",
        "fr": "ville, commune, localité",
        "es": "ciudad, localidad, población, municipio",
        "it": "città, comune, località, comune residenza, comune di residenza",
        "pt": "cidade, localidade, município",
        "nl": "woonplaats, plaatsnaam, gemeente, stad",
        "pl": "miasto, miejscowość",
        "other": "stad, ort, kaupunki, město, obec, város, город",
    },
    "address": {
        "en": "address, addr, location address",
        "de": "adresse",
        "fr": "adresse",
        "es": "dirección",
        "it": "indirizzo",
        "pt": "endereço",
        "nl": "adres",
        "pl": "adres",
        "other": "adress, osoite, адрес",
    },
    "company": {
        "en": "company, company name, employer, employer name, organisation name, organization name, business name,"
        " firm, legal entity name, trading name, corporation",
        "de": "firma, firmenname, unternehmen, arbeitgeber, firmenbezeichnung, unternehmensname",
        "fr": "entreprise, société, raison sociale, nom société, nom entreprise, employeur",
        "es": "empresa, razón social, nombre empresa, empleador",
        "it": "azienda, ragione sociale, ditta, nome azienda, datore di lavoro, società",
        "pt": "empresa, razão social, nome empresa, empregador, nome fantasia",
        "nl": "bedrijf, bedrijfsnaam, werkgever",
        "pl": "firma, nazwa firmy, pracodawca",
    },
    "pay": {
        "en": "salary, wage, wages, income, gross pay, net pay, payroll, bonus, commission amount, annual income,"
        " credit score, net worth, pension, compensation, remuneration",
        "de": "gehalt, lohn, einkommen, bruttogehalt, nettogehalt, bruttolohn, nettolohn, verdienst, vergütung,"
        " rente,"
        " jahresgehalt, bonität",
        "fr": "salaire, salaire brut, salaire net, revenu, rémunération, prime, paie",
        "es": "salario, sueldo, ingresos, nómina, remuneración",
        "it": "stipendio, salario, reddito, retribuzione, ral",
        "pt": "salário, ordenado, renda, rendimento, remuneração, vencimento",
        "nl": "salaris, loon, inkomen, brutoloon, nettoloon",
        "pl": "pensja, wynagrodzenie, płaca, dochód, zarobki",
    },
    "trait": {
        "en": "gender, sex, salutation, marital status, civil status, nationality, citizenship, mother tongue,"
        " native language,"
        " pronouns, family status, number of children, body height, body weight",
        "de": "geschlecht, anrede, familienstand, nationalität, staatsangehörigkeit, staatsbürgerschaft,"
        " muttersprache,"
        " zivilstand, anzahl kinder, kinderzahl",
        "fr": "sexe, genre, état civil, situation familiale, nationalité, civilité, nombre enfants",
        "es": "sexo, género, estado civil, nacionalidad, número hijos",
        "it": "sesso, genere, stato civile, nazionalità, cittadinanza, numero figli",
        "pt": "sexo, género, gênero, estado civil, nacionalidade, cidadania",
        "nl": "geslacht, burgerlijke staat, nationaliteit, moedertaal",
        "pl": "płeć, stan cywilny, narodowość, obywatelstwo",
    },
    "place": {
        "en": "latitude, longitude, lat, lon, lng, long lat, lat long, latlng, geo location, geolocation, gps,"
        " gps position, coordinates, home location",
        "de": "breitengrad, längengrad, koordinaten, geokoordinaten",
        "fr": "coordonnées gps, coordonnées géographiques",
        "es": "latitud, longitud, coordenadas",
        "it": "latitudine, longitudine, coordinate",
        "pt": "latitude, longitude, coordenadas",
        "nl": "breedtegraad, lengtegraad, coördinaten",
        "pl": "szerokość geograficzna, długość geograficzna, współrzędne",
    },
    "picture": {
        "en": "photo, photograph, picture, avatar, portrait, selfie, mugshot, signature, signature image, scan,"
        " id scan, fingerprint, face, voice, recording, thumbnail, attachment",
        "de": "foto, bild, passbild, lichtbild, unterschrift, profilbild, fingerabdruck, anhang",
        "fr": "photo identité, portrait, signature, empreinte, pièce jointe",
        "es": "fotografía, huella, adjunto",
        "it": "fotografia, immagine, impronta, allegato",
        "pt": "fotografia, imagem, assinatura, anexo",
        "nl": "pasfoto, handtekening, vingerafdruk, bijlage",
        "pl": "zdjęcie, podpis, odcisk palca, załącznik",
    },
    "free_text": {
        "en": "note, notes, remark, remarks, comment, comments, message, message body, body, body text, free text,"
        " freetext, memo, feedback, review text, complaint, biography, bio, about, about me, cover letter,"
        " transcript,"
        " mail body, email body, mail text, reason, observation, observations, minutes, user agent, useragent",
        "de": "notiz, notizen, bemerkung, bemerkungen, anmerkung, anmerkungen, kommentar, kommentare, freitext,"
        " nachricht, hinweis, hinweise, begründung, beschwerde, lebenslauf, vermerk, mitteilung",
        "fr": "remarque, remarques, commentaire, commentaires, observation, texte libre, motif, réclamation, avis",
        "es": "nota, notas, comentario, comentarios, observación, observaciones, mensaje, motivo, queja",
        "it": "nota, commento, commenti, osservazioni, messaggio, motivo, reclamo, annotazioni",
        "pt": "nota, notas, comentário, comentários, observação, observações, mensagem, motivo, reclamação",
        "nl": "notitie, notities, opmerking, opmerkingen, toelichting, bericht, klacht",
        "pl": "notatka, notatki, uwaga, uwagi, komentarz, komentarze, wiadomość, opis dodatkowy",
        "other": "anteckning, anmärkning, bemærkning, huomautus, poznámka, megjegyzés, примечание, комментарий",
    },
}
