"""Words for those who take part in a deal, for goods in stock and for numbers of registers, in many languages.

A text of such words alone names no one: "Kunde", "unknown customer", "最终用户", "Lager", "Customer 4711", "ИНН 77100".
"""

from __future__ import annotations

import re

from exportrules.question.names.keys import key, visible
from exportrules.question.names.words import PLACES

#: Words that may stand for an exporter: roles and pronouns.
ROLES = frozenset(
    """
    us usa we me i our ours ourselves self own ownaccount inhouse internal unitedstates unitedstatesofamerica
    distributor distributors reseller resellers dealer dealers broker agent forwarder freightforwarder carrier courier
    supplier suppliers seller sellers shipper shippers sender vendor vendors exporter exporters usppi principal
    principalparty thirdparty 3rdparty 3p partner trader wholesaler retailer merchant person entity firm corporation
    corp manufacturer oem odm factory 出口商 发货人 發貨人 经销商 經銷商 代理商 供应商 供應商 輸出者 輸出業者 代理店
    商社 販売店 弊社 当社 本公司 我司 수출자 대리점 당사 händler lieferant spediteur exporteur versender wir
    fournisseur distributeur exportateur fabricant constructeur producteur expéditeur revendeur
    hersteller produzent fabrikant absender wiederverkäufer grosshändler händlerin
    fabricante exportador remitente proveedor distribuidor revendedor vendedor produttore fabbricante esportatore
    mittente fornitore distributore fornecedor remetente
    製造元 製造者 製造業者 製造会社 メーカー 輸出元 出荷元 荷送人 売主 販売元
    厂商 廠商 制造商 製造商 厂家 廠家 生产商 生產商 原厂 原廠 分销商 分銷商 出口方 卖方 賣方 我方 第三方
    제조사 제조업체 제조원 공급자 공급업체 송하인 판매자 유통업체 대리인
    производитель изготовитель экспортер отправитель поставщик продавец дистрибьютор
    """.split()
)
#: Words for whoever receives: customers, consignees, end users, people, and kinds of institutions.
_RECEIVERS = frozenset(
    """
    customer customers cust client clients consignee consignees buyer buyers purchaser purchasers enduser endusers
    endcustomer endclient user users recipient recipients receiver receivers addressee importer importers beneficiary
    applicant licensee lessee tenant payer payor debtor debitor contact account notifyparty soldto shipto billto
    individual individuals persons people employee employees staff guest visitor student subscriber member
    someone somebody anyone anybody nobody consumer consumers organisation organization institution company companies
    university institute laboratory party parties cnee
    kunde kunden kundin kundschaft endkunde endkunden privatkunde privatkunden neukunde neukunden bestandskunde
    barkunde laufkunde laufkundschaft grosskunde auslandskunde abnehmer endabnehmer empfänger empfaenger
    warenempfänger warenempfaenger käufer kaeufer einkäufer besteller auftraggeber endverwender endnutzer
    endverbraucher verbraucher verwender nutzer anwender importeur einführer mandant adressat privatperson
    privatpersonen privatmann einzelperson mitarbeiter firma unternehmen geschäftspartner interessent
    clients clientèle acheteur acheteurs destinataire destinataires utilisateur utilisateurs consommateur importateur
    bénéficiaire réceptionnaire particulier particuliers personne entreprise société salarié
    cliente clientes comprador compradores destinatario destinatarios usuario usuarios consumidor importador
    consignatario beneficiario persona particular particulares empresa empleado
    clienti acquirente acquirenti compratore utente utenti utilizzatore consumatore importatore beneficiario privato
    privati azienda dipendente
    destinatário utilizador usuário consignatário pessoa beneficiário
    klant klanten koper afnemer ontvanger gebruiker eindgebruiker eindklant geadresseerde particulier persoon bedrijf
    importeur
    kund kunder köpare mottagare användare slutanvändare slutkund privatkund importör företag
    kunde kunder køber modtager slutbruger slutkunde virksomhed kjøper mottaker sluttbruker sluttkunde
    asiakas asiakkaat ostaja vastaanottaja käyttäjä loppukäyttäjä loppuasiakas yksityishenkilö maahantuoja yritys
    klient klienci nabywca odbiorca kupujący użytkownik importer osoba firma konsument
    zákazník zákazníci kupující příjemce uživatel odběratel osoba dovozce
    zákazník kupujúci príjemca používateľ odberateľ
    vevő ügyfél vásárló címzett felhasználó végfelhasználó magánszemély
    client cumpărător destinatar utilizator beneficiar
    müşteri müşteriler alıcı kullanıcı şahıs kişi firma ithalatçı
    khách hàng kháchhàng ngườimua ngườinhận pembeli pelanggan penerima pengguna
    клиент клиенты покупатель покупатели получатель грузополучатель заказчик пользователь потребитель импортер
    импортёр
    плательщик физлицо частник сотрудник лицо компания организация предприятие
    клієнт покупець замовник одержувач отримувач користувач споживач імпортер особа
    客户 客戶 顾客 顧客 用户 用戶 使用者 买方 買方 买家 買家 购买方 购买者 購買者 采购方 收货人 收貨人 收货方 进口商
    進口商 进口方
    消费者 消費者 个人 個人 自然人 私人 员工 員工 业主 受益人 通知人 企业 企業 公司 单位 機構 机构 大学 研究所 甲方
    乙方 商家 代理
    お客様 お客さま 得意先 取引先 納入先 納品先 買主 購入者 需要者 需要家 荷受人 輸入者 輸入業者 ユーザー ユーザ
    エンドユーザー エンドユーザ
    カスタマー バイヤー クライアント 個人客 法人 会社 社員 一般人
    고객 고객사 구매자 구매처 수하인 수입자 수요자 사용자 소비자 개인 개인고객 거래처 납품처 회사 업체 직원 매수인
    العميل عميل زبون الزبون المشتري مشتري المستلم المستخدم المستورد شخص شركة
    eindgebruikers particuliers 最终使用方 使用方 客先 johndoe janedoe maxmustermann mustermann musterfirma mrx
    """.split()
)
#: Words for goods that are kept: "Lager" as a buyer is goods that no one has bought yet.
_STOCKS = frozenset(
    """
    stock stocks inventory warehouse warehouses storage depot stockroom storeroom safetystock consignmentstock
    demostock
    lager lagerbestand lagerware zentrallager hauptlager aussenlager konsignationslager vorrat vorratslager bestand
    entrepôt entrepot magasin almacén almacen existencias magazzino scorte giacenza deposito estoque armazém armazem
    voorraad magazijn varasto lagret varelager magazyn skład sklad zásoby raktár készlet depozit depo stok ambar
    gudang
    kho склад запас запасы
    库存 庫存 仓库 倉庫 倉库 存货 存貨 现货 現貨 备货 備貨 在庫 在庫品 ストック 재고 창고 مخزن مخزون المخزن مستودع
    samples demo spares spareparts ersatzteile muster eigenbedarf eigenverbrauch internaluse ownuse webshop onlineshop
    barverkauf cashsale versandlager logistikzentrum запчасти 样品 樣品 备品 备件 自用 仓储 海外仓 保税仓 备库 入库
    サンプル 샘플
    """.split()
)
_EXCHANGES = frozenset(
    """
    sse szse shse sehk hkex hkg tse tpex twse krx kospi kosdaq nasdaq nyse amex otc lse moex asx tsx sgx xetra fwb jpx
    tyo
    """.split()
)
#: Words for a number under which a register, an exchange or a ledger has a company.
_NUMBERS = _EXCHANGES | frozenset(
    """
    no nos nr nro num number numbers numero número numéro nummer número broj id ids code codes kod kode код номер №
    ref reference ticker symbol equity reg registry register registration identification identifier vat
    acct acc kunnr kdnr kd kdn debnr customerid clientid
    sha she bse nse sh sz hk bj ss tw two ks kq
    uscc lei duns ein cage ncage uen cin isin cusip sedol wkn figi ric bic swift eori gln permid cik euid ubn brn abn
    acn nzbn gstin gst pan trn crn tin itin nif cif ruc rfc cnpj cpf nipc kvk btw rsin nip krs regon ičo ico dič dic
    oib vkn mersis vergi orgnr cvr ytunnus hrb hra hrnr ust ustid ustidnr uid stnr steuernummer handelsregister
    handelsregisternummer handelsregisternr kundennummer kundennr kundenr lieferantennummer debitorennummer
    firmenbuchnummer umsatzsteuer siren siret tva rcs ice piva iva rea partita codice fiscale matricola
    inn kpp ogrn ogrnip okpo edrpou инн кпп огрн огрнип окпо едрпоу бин унп рег
    代码 代碼 编号 編號 号码 號碼 号 號 股票 股票代码 股票代碼 证券 證券 证券代码 證券代碼 上证 深证 上交所 深交所
    港交所 港股 沪市 深市
    科创板 创业板 北交所 统一 社会 信用 统一社会信用代码 統一社會信用代碼 统一信用代码 社会信用代码 信用代码
    组织机构代码 組織機構代碼
    纳税人识别号 納稅人識別號 税号 稅號 注册号 註冊號 工商注册号 营业执照 營業執照 营业执照号 统编 統編 統一編號
    商业登记
    客户编号 客户号 客戶編號
    法人番号 会社法人等番号 登録番号 登記番号 証券コード 銘柄コード 番号 コード 顧客番号 顧客コード 取引先コード 東証
    사업자등록번호 사업자번호 법인등록번호 법인번호 등록번호 종목코드 고객번호 거래처코드 번호 코드
    رقم سجل تجاري ضريبي
    order po so invoice project contract bp gp auftrag bestellung rechnung projekt vertrag commande pedido ordine
    заказ
    订单 訂單 订单号 合同 合同号 项目 股 注文番号 発注番号 주문 주문번호 idnr
    """.split()
)
#: Words that say that the name is unknown or withheld, or that there are several.
_UNSAID = frozenset(
    """
    maker original official other others another someone unknown undisclosed unnamed unspecified unidentified
    anonymous
    various diverse
    unbekannt unbekannte unbekannter unbekannten verschiedene verschiedener mehrere diverser diversen anonym anonyme
    anonymer sonstige sonstiger andere anderer
    inconnu inconnue inconnus diverses plusieurs anonymes autres
    desconocido desconocida desconocidos anónimo anonimo otros
    sconosciuto sconosciuta ignoto vari varie diversi altri
    desconhecido desconhecida diversos vários anônimo anónimo outros
    onbekend onbekende verschillende anoniem
    okänd okända okänt ukendt ukjent tuntematon useita nieznany nieznana różni anonimowy neznámý různí ismeretlen
    necunoscut bilinmeyen anonim
    неизвестный неизвестен неизвестно неизвестные неизвестная аноним анонимный анонимно разные прочие другие невідомий
    未知 不明 不详 不詳 匿名 多个 多個 多家 各种 其他 其它 未知的 待定
    匿名の 不特定 不特定多数 複数 各種 未定 未定の 不明な
    미상 불명 익명 미정 기타 여러 다수
    مجهول
    divers withheld nominated tbd tba tbn privat çeşitli различные nochnichtbekannt wirdnochbenannt notknownyet
    tofollow
    nameonfile nameunknown 匿名希望 非公開 保密 尚未确定 暂未确定 散客
    """.split()
)
#: Words beside those that say no more: which one of them, whose, or for what.
_BESIDE = frozenset(
    """
    the a an my our your some else equipment local authorized authorised of record chip confidential secret private
    natural several different multiple many end final ultimate actual new existing current regular potential
    prospective future cash walk in walkin retail online web foreign domestic overseas external any all each same misc
    miscellaneous generic general dummy test default nonlisted to be for at on ex from and or by confirmed announced
    determined notified main central company business trade commercial license licence registered tax fiscal
    der die das den dem ein eine unser unseren ihr privat privater neuer neue auf für ab am im eigen eigenes eigener
    endgültiger ausländischer juristische natürliche
    le la les l un une des du de notre nos privé privée physique morale finaux nouveau autre
    el los las lo unos nuestro varios varias finales física fisica jurídica juridica privado privada nuevo otro
    il gli i uno una nostro finale finali fisica giuridica altro
    o os um uma nosso outro het een particuliere eind końcowy fizyczna prywatna koncový fyzická soukromá gerçek son
    özel
    không xác định tidak diketahui akhir
    конечный физическое частное юридическое на наш кінцевий фізична
    某 该 的 最终 最終 终端 終端 新 私人 内部 我们 我們 在
    一般 個別 の 최종 일반 غير معروف نهائي النهائي
    s nda under name names known not yet nicht noch bekannt bekannter interne pour para per op til på na для için
    частный складской розничный prywatny 国内 國內 海外 境外 国外 國外 中国 日本 韩国 社内 自社 用 名 要求 국내 해외
    용
    """.split()
)
_NOUNS = ROLES | _RECEIVERS | _STOCKS | _UNSAID
#: Bodies that are called by a number: the 771 Institute, Factory 404.
_BODIES = frozenset(("factory", "institute", "laboratory", "university", "研究所"))
#: Words for a company that its own name may have beside a short number: S1 Corp, Company 3.
_FORMS = frozenset(("company", "corp", "corporation", "firm", "firma"))
#: Kinds of companies and bodies, which a place may tell apart: the Beijing Institute is not any customer in Beijing.
_KINDS = (
    ROLES
    | _BODIES
    | frozenset(
        """
    company companies depot institution organisation organization contact party parties account student member guest
    visitor
    firma unternehmen société entreprise empresa azienda bedrijf företag virksomhed yritys
    """.split()
    )
)
#: A code of letters at a number: the DE of DE123456789.
_GLUED = r"(?<![^\W\d_])[a-z]{2,3}(?=\d)|(?<=\d)[a-z]{2,3}(?![^\W\d_])"
#: Words that the alphabets of East Asia write without spaces, so that a text of several is one word.
_UNSPACED = "\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3々"
#: No known word of such an alphabet is longer.
_LONGEST_UNSPACED = 12
#: The fewest digits of a code, and of a number behind a word that also names companies: Code42, HK 20.
_LEAST_DIGITS = 3


def is_role(text: str) -> bool:
    """True if every word of a text is for a role or for goods, or stands beside one: "the exporter", "unknown client",
    "Endkunde", "最终用户", "Lager"."""
    words = _words(text)
    if key(text) in _NOUNS:
        return True
    if any(word in _NOUNS and word not in _KINDS for word in words) and _KINDS.isdisjoint(words):
        words = [word for word in words if word not in PLACES]
    return any(word in _NOUNS for word in words) and all(word in _NOUNS or word in _BESIDE for word in words)


def is_numbered(text: str) -> bool:
    """True if a text is a number with words for what it counts: "Customer 4711", "sh688256", "证券代码：000977"."""
    words = _words(text)
    codes = [word for word in words if word.isdigit() or _is_code(word)]
    glued = re.findall(_GLUED, visible(text).casefold())
    said = [word for word in words if word in _NOUNS or word in _NUMBERS or word in _BESIDE]
    if sum(map(len, codes)) >= _LEAST_DIGITS:
        said += [word for word in words if word not in said + codes and (len(word) < 2 or word in glued)]
    if not codes or len(said) + len(codes) < len(words) or not _BODIES.isdisjoint(words):
        return False
    if any(word in _EXCHANGES or (word in _NOUNS and word not in _FORMS) for word in said):
        return True
    return any(word in _NUMBERS or word in _FORMS for word in said) and sum(map(len, codes)) >= _LEAST_DIGITS


def _words(text: str) -> list[str]:
    """The words of a text in one case and width: digits apart from letters, and unspaced writing in its known words."""
    found: list[str] = []
    seen = re.sub("['’]", " ", visible(text).casefold().replace("№", " no "))
    for word in re.split(r"[\W_]+", seen):
        if not word or word in _NOUNS or _is_code(word):
            found += [word] if word else []
        else:
            for part in re.findall(rf"\d+|[{_UNSPACED}]+|[^\W\d_{_UNSPACED}]+", word):
                found += _known(part) if re.match(f"[{_UNSPACED}]", part) else [part]
    return found


def _known(text: str) -> list[str]:
    """The known words that an unspaced text is made of, or the text itself."""
    begun: list[list[str] | None] = [[]]
    for end in range(1, len(text) + 1):
        begun.append(next((
            [*before, text[start:end]] for start in range(max(0, end - _LONGEST_UNSPACED), end)
            if (before := begun[start]) is not None
            and any(text[start:end] in known for known in (_NOUNS, _NUMBERS, _BESIDE))
        ), None))  # fmt: skip
    return begun[-1] or [text]


def _is_code(word: str) -> bool:
    digits = sum(map(str.isdigit, word))
    return word.isascii() and digits >= _LEAST_DIGITS and word[0].isdigit() and 5 * digits >= 2 * len(word)
