-- What:         what looks like chance in the demo data: functions of a row's number and a salt, for this session only
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no
-- Why:          hashint8extended gives the same on every machine and version, random() and logarithms do not

CREATE FUNCTION pg_temp.pick(row_no bigint, salt bigint, below bigint) RETURNS integer
LANGUAGE sql IMMUTABLE
AS $$ SELECT ((hashint8extended(row_no, salt) & 9223372036854775807) % below)::integer $$;

CREATE FUNCTION pg_temp.chance(row_no bigint, salt bigint, percent integer) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$ SELECT (hashint8extended(row_no, salt) & 9223372036854775807) % 100 < percent $$;

CREATE FUNCTION pg_temp.word(row_no bigint, salt bigint, words text[]) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT words[1 + (hashint8extended(row_no, salt) & 9223372036854775807) % cardinality(words)] $$;

-- People, their companies and where they live. All invented; the combinations are chance.

CREATE FUNCTION pg_temp.first_name(person bigint) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT pg_temp.word(person, 1, '{Anna,Björn,Chloé,David,Ewa,Françoise,Gül,Håkon,Inês,Jürgen,Kateřina,Łukasz,
Maria,Niamh,Oskar,Pál,Quentin,Rosa,Søren,Thérèse,Ulla,Vít,Wanda,Xavier,Yusuf,Zoë,Aino,Bruno,Carmen,Dušan,Elif,Fiona,
Γιώργος,Ольга,"Ana María"}') $$;

CREATE FUNCTION pg_temp.last_name(person bigint) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT pg_temp.word(person, 2, '{Andersson,Berger,Černý,Dubois,Eriksen,Fernández,Großmann,Horváth,Ivanova,
Jönsson,Kowalska,Lefèvre,Müller,Novák,"O''Brien",Papadopoulos,Quist,Rossi,Şahin,Tamm,Ullmann,Vogel,"van den Berg",
Weiß,Ximénez,Yılmaz,Żak,Bakker,Ceylan,Doyle,Egger,Farkas,Gómez,Hansen,Keller,Lindqvist,Moreau,Nagy,Petit,Ribeiro,Silva,"von Stein"}') $$;

CREATE FUNCTION pg_temp.full_name(person bigint) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT pg_temp.first_name(person) || ' ' || pg_temp.last_name(person) $$;

-- The domains that are reserved for examples; the number keeps the addresses apart. lower() by the server's locale
-- would differ between machines, so letters beyond ASCII are spelt out.
CREATE FUNCTION pg_temp.email(person bigint, domain text) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT translate(lower((pg_temp.first_name(person) || '.' || pg_temp.last_name(person)) COLLATE "C"),
                       'ßáåçèéêëíóöøüýČıŁřŞšŻΓγιορςώОагль ''',
                       'saaceeeeiooouycilrsszggiorsooaglj-') || person || '@' || domain $$;

-- Numbers set aside for films and books: they reach nobody.
CREATE FUNCTION pg_temp.phone(person bigint) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE pg_temp.pick(person, 3, 4)
                 WHEN 0 THEN '+1-202-555-01' || to_char(pg_temp.pick(person, 4, 100), 'FM00')
                 WHEN 1 THEN '+44 1632 960' || to_char(pg_temp.pick(person, 4, 1000), 'FM000')
                 WHEN 2 THEN '+49 30 23125-' || to_char(pg_temp.pick(person, 4, 1000), 'FM000')
                 ELSE '+33 1 99 00 ' || to_char(pg_temp.pick(person, 4, 100), 'FM00')
                      || ' ' || to_char(pg_temp.pick(person, 5, 100), 'FM00')
             END $$;

CREATE FUNCTION pg_temp.street(person bigint) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT pg_temp.word(person, 6, '{Brunnenweg,"Rue de la Source",Mühlgasse,"Well Lane",Vesigränd,Studniční,
"Calle del Pozo",Källvägen,Quellenstraße,"Via della Fonte","Spring Hill",Kútvölgyi,Źródlana,
"St. John''s Road",Am Bach,Čeřenská}')
|| ' ' || 1 + pg_temp.pick(person, 7, 180) $$;

CREATE FUNCTION pg_temp.city(person bigint) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT pg_temp.word(person, 8, '{Altbrunn,Beaupuits,Căldări,Dornmühle,Ekeby,Fontanara,Gölpınar,Hautesource,Ínsua,
Järvenpuro,Kútfalva,Lindenquell,Modrá Voda,Nørrekilde,Ostwerder,Pozuelo Alto}') $$;

CREATE FUNCTION pg_temp.company(row_no bigint) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT pg_temp.last_name(row_no) || ' ' || pg_temp.word(row_no, 9, '{Farms,Bohrtechnik,Forages,"& Söhne",
Gårdar,Agro,Orchards,"Wasser + Wärme",Estates,Vrty,Brewery,Gärtnerei}')
|| ' ' || pg_temp.word(row_no, 10, '{Ltd,GmbH,SARL,AB,"s.r.o.","Sp. z o.o.",SpA,Kft.}') $$;

-- What several tables must agree on about a well before any of them is filled. Wells are numbered from 1 without a gap.

CREATE FUNCTION pg_temp.drilled_on(well bigint) RETURNS date
LANGUAGE sql IMMUTABLE
AS $$ SELECT date '1955-03-01' + pg_temp.pick(well, 11, 25000) $$;

CREATE FUNCTION pg_temp.layer_count(well bigint) RETURNS integer
LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN pg_temp.chance(well, 12, 8) THEN 0 ELSE 2 + pg_temp.pick(well, 13, 7) END $$;

-- Many shallow wells, few deep ones.
CREATE FUNCTION pg_temp.depth_m(well bigint) RETURNS numeric
LANGUAGE sql IMMUTABLE
AS $$ SELECT (8 + pg_temp.pick(well, 17, 100) * pg_temp.pick(well, 18, 100) * 0.025
              + pg_temp.pick(well, 19, 100) * 0.01)
             * CASE WHEN pg_temp.chance(well, 20, 1) THEN 4 ELSE 1 END $$;

-- A handful of utilities own every eighth well, the rest is spread evenly.
CREATE FUNCTION pg_temp.owner_of(well bigint, tenure bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE
AS $$ SELECT 1 + CASE WHEN pg_temp.chance(well, 14, 12) THEN pg_temp.pick(well, 15, least(20, pg_temp.scaled(45000)))
                      ELSE pg_temp.pick(well * 8 + tenure, 16, pg_temp.scaled(45000)) END $$;

CREATE FUNCTION pg_temp.employee_count() RETURNS bigint
LANGUAGE sql IMMUTABLE
AS $$ SELECT 120 + pg_temp.scaled(280) $$;
