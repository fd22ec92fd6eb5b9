/**
 * The GS1 application identifiers: GS1 Barcode Syntax Dictionary, release 2026-01-27 (Apache-2.0, (c) BWIPP project, Zint
 * Project, GS1 AISBL), in a form of our own. One line is one AI or a range of AIs that differ in nothing:
 *
 *     AIs | title | flags | format | requires | excludes | Digital Link
 *
 * - flags: `s` a separator ends the value unless it is last; `q` allowed as a Digital Link query attribute
 * - format: parts in order, `N` digits, `X` CSET 82, `Y` CSET 39, `Z` base64url, with length or min-max, `?` optional,
 *   then the checks of `linters.ts`
 * - requires: groups by `;`, every group must hold; alternatives by blank, one is enough; `+` joins AIs of an alternative
 * - excludes: AIs that must be absent; `n` in a pattern is any digit
 * - Digital Link: `key` if the AI is a primary key, then its allowed qualifier sequences by `;`
 */
export const AI_ROWS = `
00 | SSCC | q | N18:csum:gcppos2 |  |  | key
01 | GTIN | q | N14:csum:gcppos2 |  | 255 37 | key 22 10 21; 235
02 | CONTENT | q | N14:csum:gcppos2 | 37 | 01 03 |
03 | MTO GTIN |  | N14:csum:gcppos2 |  | 01 02 37 |
10 | BATCH/LOT | sq | X1-20 | 01 02 03 8006 8026 |  |
11 | PROD DATE | q | N6:yymmd0 | 01 02 03 8006 8026 |  |
12 | DUE DATE | q | N6:yymmd0 | 8020 |  |
13 | PACK DATE | q | N6:yymmd0 | 01 02 03 8006 8026 |  |
15 | BEST BEFORE or BEST BY | q | N6:yymmd0 | 01 02 03 8006 8026 |  |
16 | SELL BY | q | N6:yymmd0 | 01 02 03 8006 8026 |  |
17 | USE BY or EXPIRY | q | N6:yymmd0 | 01 02 03 255 8006 8026 |  |
20 | VARIANT | q | N2 | 01 02 8006 8026 |  |
21 | SERIAL | s | X1-20 | 01 03 8006 | 235 |
22 | CPV | s | X1-20 | 01 |  |
235 | TPX | s | X1-28 | 01 |  |
240 | ADDITIONAL ID | sq | X1-30 | 01 02 8006 8026 |  |
241 | CUST. PART No. | sq | X1-30 | 01 02 8006 8026 |  |
242 | MTO VARIANT | sq | N1-6 | 01 02 8006 8026 |  |
243 | PCN | sq | X1-20 | 01 |  |
250 | SECONDARY SERIAL | sq | X1-30 | 01 8006; 21 |  |
251 | REF. TO SOURCE | sq | X1-30 | 01 8006 |  |
253 | GDTI | sq | N13:csum:gcppos1 X1-17? |  |  | key
254 | GLN EXTENSION COMPONENT | s | X1-20 | 414 |  |
255 | GCN | sq | N13:csum:gcppos1 N1-12? |  | 01 02 415 8006 8020 8026 | key
30 | VAR. COUNT | sq | N1-8 | 01 02 |  |
3100-3105 | NET WEIGHT (kg) | q | N6 | 01 02 | 310n |
3110-3115 | LENGTH (m) | q | N6 | 01 02 | 311n |
3120-3125 | WIDTH (m) | q | N6 | 01 02 | 312n |
3130-3135 | HEIGHT (m) | q | N6 | 01 02 | 313n |
3140-3145 | AREA (m²) | q | N6 | 01 02 | 314n |
3150-3155 | NET VOLUME (l) | q | N6 | 01 02 | 315n |
3160-3165 | NET VOLUME (m³) | q | N6 | 01 02 | 316n |
3200-3205 | NET WEIGHT (lb) | q | N6 | 01 02 | 320n |
3210-3215 | LENGTH (in) | q | N6 | 01 02 | 321n |
3220-3225 | LENGTH (ft) | q | N6 | 01 02 | 322n |
3230-3235 | LENGTH (yd) | q | N6 | 01 02 | 323n |
3240-3245 | WIDTH (in) | q | N6 | 01 02 | 324n |
3250-3255 | WIDTH (ft) | q | N6 | 01 02 | 325n |
3260-3265 | WIDTH (yd) | q | N6 | 01 02 | 326n |
3270-3275 | HEIGHT (in) | q | N6 | 01 02 | 327n |
3280-3285 | HEIGHT (ft) | q | N6 | 01 02 | 328n |
3290-3295 | HEIGHT (yd) | q | N6 | 01 02 | 329n |
3300-3305 | GROSS WEIGHT (kg) | q | N6 | 00 01 | 330n |
3310-3315 | LENGTH (m), log | q | N6 | 00 01 | 331n |
3320-3325 | WIDTH (m), log | q | N6 | 00 01 | 332n |
3330-3335 | HEIGHT (m), log | q | N6 | 00 01 | 333n |
3340-3345 | AREA (m²), log | q | N6 | 00 01 | 334n |
3350-3355 | VOLUME (l), log | q | N6 | 00 01 | 335n |
3360-3365 | VOLUME (m³), log | q | N6 | 00 01 | 336n |
3370-3375 | KG PER m² | q | N6 | 01 | 337n |
3400-3405 | GROSS WEIGHT (lb) | q | N6 | 00 01 | 340n |
3410-3415 | LENGTH (in), log | q | N6 | 00 01 | 341n |
3420-3425 | LENGTH (ft), log | q | N6 | 00 01 | 342n |
3430-3435 | LENGTH (yd), log | q | N6 | 00 01 | 343n |
3440-3445 | WIDTH (in), log | q | N6 | 00 01 | 344n |
3450-3455 | WIDTH (ft), log | q | N6 | 00 01 | 345n |
3460-3465 | WIDTH (yd), log | q | N6 | 00 01 | 346n |
3470-3475 | HEIGHT (in), log | q | N6 | 00 01 | 347n |
3480-3485 | HEIGHT (ft), log | q | N6 | 00 01 | 348n |
3490-3495 | HEIGHT (yd), log | q | N6 | 00 01 | 349n |
3500-3505 | AREA (in²) | q | N6 | 01 02 | 350n |
3510-3515 | AREA (ft²) | q | N6 | 01 02 | 351n |
3520-3525 | AREA (yd²) | q | N6 | 01 02 | 352n |
3530-3535 | AREA (in²), log | q | N6 | 00 01 | 353n |
3540-3545 | AREA (ft²), log | q | N6 | 00 01 | 354n |
3550-3555 | AREA (yd²), log | q | N6 | 00 01 | 355n |
3560-3565 | NET WEIGHT (tr oz) | q | N6 | 01 02 | 356n |
3570-3575 | NET VOLUME (oz) | q | N6 | 01 02 | 357n |
3600-3605 | NET VOLUME (qt (US)) | q | N6 | 01 02 | 360n |
3610-3615 | NET VOLUME (gal.) | q | N6 | 01 02 | 361n |
3620-3625 | VOLUME (qt (US)), log | q | N6 | 00 01 | 362n |
3630-3635 | VOLUME (gal (US)), log | q | N6 | 00 01 | 363n |
3640-3645 | NET VOLUME (in³) | q | N6 | 01 02 | 364n |
3650-3655 | NET VOLUME (ft³) | q | N6 | 01 02 | 365n |
3660-3665 | NET VOLUME (yd³) | q | N6 | 01 02 | 366n |
3670-3675 | VOLUME (in³), log | q | N6 | 00 01 | 367n |
3680-3685 | VOLUME (ft³), log | q | N6 | 00 01 | 368n |
3690-3695 | VOLUME (yd³), log | q | N6 | 00 01 | 369n |
37 | COUNT | sq | N1-8 | 00; 02 8026 |  |
3900-3909 | AMOUNT | sq | N1-15 | 255 8020 | 390n 391n 394n 8111 |
3910-3919 | AMOUNT | sq | N3:iso4217 N1-15 | 8020 | 391n |
3920-3929 | PRICE | sq | N1-15 | 01; 30 31nn 32nn 35nn 36nn | 392n 393n |
3930-3939 | PRICE | sq | N3:iso4217 N1-15 | 30 31nn 32nn 35nn 36nn | 393n |
3940-3943 | PRCNT OFF | sq | N4 | 255 | 394n 8111 |
3950-3955 | PRICE/UoM | sq | N6 | 30 31nn 32nn 35nn 36nn | 392n 393n 395n 8005 |
400 | ORDER NUMBER | sq | X1-30 |  |  |
401 | GINC | sq | X1-30:gcppos1 |  |  | key
402 | GSIN | sq | N17:csum:gcppos1 |  |  | key
403 | ROUTE | sq | X1-30 | 00 |  |
410 | SHIP TO LOC | q | N13:csum:gcppos1 |  |  |
411 | BILL TO | q | N13:csum:gcppos1 |  |  |
412 | PURCHASE FROM | q | N13:csum:gcppos1 |  |  |
413 | SHIP FOR LOC | q | N13:csum:gcppos1 |  |  |
414 | LOC No. | q | N13:csum:gcppos1 |  |  | key 254; 7040
415 | PAY TO | q | N13:csum:gcppos1 | 8020 |  | key 8020
416 | PROD/SERV LOC | q | N13:csum:gcppos1 |  |  |
417 | PARTY | q | N13:csum:gcppos1 |  |  | key 7040
420 | SHIP TO POST | sq | X1-20 |  | 421 |
421 | SHIP TO POST | sq | N3:iso3166 X1-9 |  | 4307 |
422 | ORIGIN | sq | N3:iso3166 | 01 02 8006 8026 | 426 |
423 | COUNTRY - INITIAL PROCESS | sq | N3:iso3166 N3?:iso3166 N3?:iso3166 N3?:iso3166 N3?:iso3166 | 01 02 | 426 |
424 | COUNTRY - PROCESS | sq | N3:iso3166 | 01 02 | 426 |
425 | COUNTRY - DISASSEMBLY | sq | N3:iso3166 N3?:iso3166 N3?:iso3166 N3?:iso3166 N3?:iso3166 | 01 02 | 426 |
426 | COUNTRY - FULL PROCESS | sq | N3:iso3166 | 01 02 |  |
427 | ORIGIN SUBDIVISION | sq | X1-3 | 01 02; 422 |  |
4300 | SHIP TO COMP | sq | X1-35:pcenc | 00 |  |
4301 | SHIP TO NAME | sq | X1-35:pcenc | 00 |  |
4302 | SHIP TO ADD1 | sq | X1-70:pcenc | 00 |  |
4303 | SHIP TO ADD2 | sq | X1-70:pcenc | 4302 |  |
4304 | SHIP TO SUB | sq | X1-70:pcenc | 00 |  |
4305 | SHIP TO LOC | sq | X1-70:pcenc | 00 |  |
4306 | SHIP TO REG | sq | X1-70:pcenc | 00 |  |
4307 | SHIP TO COUNTRY | sq | X2:iso3166alpha2 | 00 |  |
4308 | SHIP TO PHONE | sq | X1-30 | 00 |  |
4309 | SHIP TO GEO | sq | N10:latitude N10:longitude | 00 |  |
4310 | RTN TO COMP | sq | X1-35:pcenc | 00 |  |
4311 | RTN TO NAME | sq | X1-35:pcenc | 00 |  |
4312 | RTN TO ADD1 | sq | X1-70:pcenc | 00 |  |
4313 | RTN TO ADD2 | sq | X1-70:pcenc | 4312 |  |
4314 | RTN TO SUB | sq | X1-70:pcenc | 00 |  |
4315 | RTN TO LOC | sq | X1-70:pcenc | 00 |  |
4316 | RTN TO REG | sq | X1-70:pcenc | 00 |  |
4317 | RTN TO COUNTRY | sq | X2:iso3166alpha2 | 00 |  |
4318 | RTN TO POST | sq | X1-20 | 00 |  |
4319 | RTN TO PHONE | sq | X1-30 | 00 |  |
4320 | SRV DESCRIPTION | sq | X1-35:pcenc | 00 |  |
4321 | DANGEROUS GOODS | sq | N1:yesno | 00 |  |
4322 | AUTH TO LEAVE | sq | N1:yesno | 00 |  |
4323 | SIG REQUIRED | sq | N1:yesno | 00 |  |
4324 | NOT BEF DEL DT | sq | N6:yymmd0 N4:hhmi | 00 |  |
4325 | NOT AFT DEL DT | sq | N6:yymmd0 N4:hhmi | 00 |  |
4326 | REL DATE | sq | N6:yymmdd | 00 |  |
4330 | MAX TEMP F. | sq | N6 X1?:hyphen | 00 | 4331 |
4331 | MAX TEMP C. | sq | N6 X1?:hyphen | 00 | 4330 |
4332 | MIN TEMP F. | sq | N6 X1?:hyphen | 00 | 4333 |
4333 | MIN TEMP C. | sq | N6 X1?:hyphen | 00 | 4332 |
7001 | NSN | sq | N13 | 01 02 8006 8026 |  |
7002 | MEAT CUT | sq | X1-30 | 01 02 |  |
7003 | EXPIRY TIME | sq | N6:yymmdd N4:hhmi | 01 02 |  |
7004 | ACTIVE POTENCY | sq | N1-4 | 01+10 |  |
7005 | CATCH AREA | sq | X1-12 | 01 02 |  |
7006 | FIRST FREEZE DATE | sq | N6:yymmdd | 01 02 |  |
7007 | HARVEST DATE | sq | N6:yymmdd N6?:yymmdd | 01 02 |  |
7008 | AQUATIC SPECIES | sq | X1-3 | 01 02 |  |
7009 | FISHING GEAR TYPE | sq | X1-10 | 01 02 |  |
7010 | PROD METHOD | sq | X1-2 | 01 02 |  |
7011 | TEST BY DATE | sq | N6:yymmdd N4?:hhmi | 01 02 |  |
7020 | REFURB LOT | sq | X1-20 | 01 8006; 416 |  |
7021 | FUNC STAT | sq | X1-20 | 01 8006 |  |
7022 | REV STAT | sq | X1-20 | 7021 |  |
7023 | GIAI - ASSEMBLY | sq | X1-30:gcppos1 |  |  |
7030 | PROCESSOR # 0 | sq | N3:iso3166999 X1-27 | 01 02 |  |
7031 | PROCESSOR # 1 | sq | N3:iso3166999 X1-27 | 01 02 |  |
7032 | PROCESSOR # 2 | sq | N3:iso3166999 X1-27 | 01 02 |  |
7033 | PROCESSOR # 3 | sq | N3:iso3166999 X1-27 | 01 02 |  |
7034 | PROCESSOR # 4 | sq | N3:iso3166999 X1-27 | 01 02 |  |
7035 | PROCESSOR # 5 | sq | N3:iso3166999 X1-27 | 01 02 |  |
7036 | PROCESSOR # 6 | sq | N3:iso3166999 X1-27 | 01 02 |  |
7037 | PROCESSOR # 7 | sq | N3:iso3166999 X1-27 | 01 02 |  |
7038 | PROCESSOR # 8 | sq | N3:iso3166999 X1-27 | 01 02 |  |
7039 | PROCESSOR # 9 | sq | N3:iso3166999 X1-27 | 01 02 |  |
7040 | UIC+EXT | s | N1 X1 X1 X1:importeridx |  |  |
7041 | UFRGT UNIT TYPE | s | X1-4:packagetype | 00 |  |
710 | NHRN PZN | sq | X1-20 | 01 |  |
711 | NHRN CIP | sq | X1-20 | 01 |  |
712 | NHRN CN | sq | X1-20 | 01 |  |
713 | NHRN DRN | sq | X1-20 | 01 |  |
714 | NHRN AIM | sq | X1-20 | 01 |  |
715 | NHRN NDC | sq | X1-20 | 01 |  |
716 | NHRN AIC | sq | X1-20 | 01 |  |
717 | NHRN SRN | sq | X1-20 | 01 |  |
7230 | CERT # 1 | sq | X2 X1-28 | 01 8004 |  |
7231 | CERT # 2 | sq | X2 X1-28 | 01 8004 |  |
7232 | CERT # 3 | sq | X2 X1-28 | 01 8004 |  |
7233 | CERT # 4 | sq | X2 X1-28 | 01 8004 |  |
7234 | CERT # 5 | sq | X2 X1-28 | 01 8004 |  |
7235 | CERT # 6 | sq | X2 X1-28 | 01 8004 |  |
7236 | CERT # 7 | sq | X2 X1-28 | 01 8004 |  |
7237 | CERT # 8 | sq | X2 X1-28 | 01 8004 |  |
7238 | CERT # 9 | sq | X2 X1-28 | 01 8004 |  |
7239 | CERT # 10 | sq | X2 X1-28 | 01 8004 |  |
7240 | PROTOCOL | sq | X1-20 | 01 8006 |  |
7241 | AIDC MEDIA TYPE | sq | N2:mediatype | 8017 8018 |  |
7242 | VCN | sq | X1-25 | 8017 8018 |  |
7250 | DOB | sq | N8:yyyymmdd | 8018 | 7251 |
7251 | DOB TIME | sq | N8:yyyymmdd N4:hhmi | 8018 | 7250 |
7252 | BIO SEX | sq | N1:iso5218 | 8018 |  |
7253 | FAMILY NAME | sq | X1-40:pcenc | 8017 8018 | 7256 7259 |
7254 | GIVEN NAME | sq | X1-40:pcenc | 8017 8018 | 7256 7259 |
7255 | SUFFIX | sq | X1-10 | 8017 8018 | 7256 7259 |
7256 | FULL NAME | sq | X1-90:pcenc | 8017 8018 |  |
7257 | PERSON ADDR | sq | X1-70:pcenc | 8018 |  |
7258 | BIRTH SEQUENCE | sq | X3:posinseqslash | 8018+7259 |  |
7259 | BABY | sq | X1-40:pcenc | 8018 | 7256 |
8001 | DIMENSIONS | sq | N4:nonzero N5:nonzero N3:nonzero N1:winding N1 | 01 |  |
8002 | CMT No. | sq | X1-20 |  |  |
8003 | GRAI | sq | N1:zero N13:csum:gcppos1 X1-16? |  |  | key
8004 | GIAI | sq | X1-30:gcppos1 |  |  | key 7040
8005 | PRICE PER UNIT | sq | N6 | 01 02 |  |
8006 | ITIP | sq | N14:csum:gcppos2 N4:pieceoftotal |  | 01 37 | key 22 10 21
8007 | IBAN | sq | X1-34:iban | 415 |  |
8008 | PROD TIME | sq | N6:yymmdd N2:hh N2?:mi N2?:ss | 01 02 |  |
8009 | OPTSEN | sq | X1-50 | 00 01 |  |
8010 | CPID | sq | Y1-30:gcppos1 |  |  | key 8011
8011 | CPID SERIAL | s | N1-12:nozeroprefix | 8010 |  |
8012 | VERSION | sq | X1-20 | 01 8006 |  |
8013 | GMN | sq | X1-25:csumalpha:gcppos1 |  |  | key
8014 | MUDI | s | X1-25:csumalpha:gcppos1:hasnondigit | 01 |  |
8017 | GSRN - PROVIDER | sq | N18:csum:gcppos1 |  | 8018 | key 8019
8018 | GSRN - RECIPIENT | sq | N18:csum:gcppos1 |  | 8017 | key 8019
8019 | SRIN | s | N1-10 | 8017 8018 |  |
8020 | REF No. | s | X1-25 | 415 |  |
8026 | ITIP CONTENT | sq | N14:csum:gcppos2 N4:pieceoftotal | 37 | 02 8006 |
8030 | DIGSIG | sq | Z1-90 | 00 01+21 253 255 8003 8004 8006+21 8010+8011 8017 8018 |  |
8040 | IMEI | s | N15 | 01+21 |  |
8041 | IMEI2 | s | N15 | 01+21+8040 |  |
8042 | ESIM | s | N32 | 01+21+8040 |  |
8043 | PSIM | s | N18 N1-2? | 01+21+8040 |  |
8110 |  | sq | X1-70:couponcode |  |  |
8111 | POINTS | sq | N4 | 255 |  |
8112 |  | sq | X1-70:couponposoffer |  |  |
8200 | PRODUCT URL | s | X1-70 | 01 |  |
90 | INTERNAL | sq | X1-30 |  |  |
91 | INTERNAL | sq | X1-90 |  |  |
92 | INTERNAL | sq | X1-90 |  |  |
93 | INTERNAL | sq | X1-90 |  |  |
94 | INTERNAL | sq | X1-90 |  |  |
95 | INTERNAL | sq | X1-90 |  |  |
96 | INTERNAL | sq | X1-90 |  |  |
97 | INTERNAL | sq | X1-90 |  |  |
98 | INTERNAL | sq | X1-90 |  |  |
99 | INTERNAL | sq | X1-90 |  |  |
`
