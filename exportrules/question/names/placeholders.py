"""Placeholders: what spreadsheets, forms and people write instead of an answer.

Read as a name, each would mean somebody: 'n.a.' is not Namibia, and 'unknown' is not an unlisted buyer.
"""

from __future__ import annotations

import re

from exportrules.question.names.keys import visible

#: Placeholders without spaces and punctuation, in lower case.
_WORDS = frozenset(
    """
    na empty undefined none null nil nul nan nat void missing blank unknown unk unkn unspecified notspecified
    notstated notknown notavailable notapplicable notprovided notgiven notdisclosed undisclosed notdetermined
    undetermined notyetknown notyetdetermined tobeadvised tobeannounced tobeconfirmed tobedefined tobedetermined
    tobedecided tobefilled tobefilledin tobespecified toadvise toconfirm tba tbc tbd tbn tobenamed pending seeabove
    seebelow seeattached seeinvoice seecontract seepo seenotes asabove asbelow asperattached asperinvoice
    aspercontract asperpo asagreed asinstructed asadvised sameasabove same sameas ditto idem various several multiple
    mixed misc miscellaneous other others any anyone anybody someone somebody nobody noone anonymous confidential
    redacted withheld restricted private generic default dummy test testing sample example placeholder fillin fillme
    changeme enterhere entername yourname companyname name company customer buyer consignee enduser toorder toorderof
    orderof asconsignee asenduser nameofcompany xxx xxxx xxxxx asdf qwerty valuemissing error errorvalue valueerror
    nonevalue novalue nodata noinfo noinformation nodetails noname noentry noendusers noenduser noparty noparties
    true false yes no objectobject infinity inf
    seeremarks seeremark seecomments seecomment seenote seeorder seelist seeemail seesheet refertopo
    refertoinvoice refertocontract refertoorder individual privateindividual privateperson naturalperson xx zz qq
    dito select pleaseselect selectone choose pleasechoose chooseone bittewählen bittewaehlen auswählen auswaehlen

    ja nein unbekannt unbek kangabe keineangabe keineangaben keine kein ohne ohneangabe entfaellt entfällt nichtbekannt
    nichtzutreffend nichtverfügbar nichtverfuegbar sieheoben siehebeilage sieheanhang diverse verschiedene offen folgt
    wirdnachgereicht nochoffen

    sansobjet inconnu inconnue nonapplicable nondisponible noncommuniqué noncommunique nonprécisé nonprecise néant
    neant aucun aucune àpréciser apreciser àdéfinir adefinir voircidessus divers

    desconocido desconocida sindatos sindato noaplica nodisponible ninguno ninguna porconfirmar pordefinir
    pordeterminar varios sconosciuto sconosciuta nondisponibile nessuno nessuna dadefinire dadeterminare vediallegato
    vedisopra desconhecido desconhecida nãoaplicável naoaplicavel nenhum adefinirse onbekend nietbekend nvt geen okänd
    ukendt ukjent tuntematon неизвестно неизвестен нет нетданных неуказано неприменимо

    選択してください 请选择 請選擇 선택하세요

    不明 未定 無し なし 無 なし該当 該当なし 該当無し 未記入 未入力 未確認 未確定 同上 別紙参照 上記 その他 不詳 未詳
    非公開 未公表 不详 待定 无 没有 未知 暂无 暂缺 不适用 未填 未填写 未提供 未确定 待确认 待确定 待通知 待补 空 空白
    该公司 同前 是 否 はい いいえ
    见上 见附件 其他 其它 保密 不適用 未填寫 待確認 待確定 待補 見上 其他 沒有 暫無 해당없음 해당사항없음 미정 없음
    미상 모름 불명 알수없음 미확인 추후통보 상동 기타 비공개 غيرمعروف لايوجد
    """.split()
)
#: Abbreviations that are placeholders with a sign between their letters ("n/d"); bare, each may be a code or a name.
_BROKEN = frozenset(("co", "ka", "lc", "nd", "nn", "sd"))
_BROKEN_SIGNS = r"[./\\]"
#: The error values of spreadsheets, in the language of whoever saved them: #NAME?, #ИМЯ?, #N/A, #SAKNAS, Err:502.
_ERRORS = r"#\S*[!?]|#[^\W\d]+(?:/[^\W\d]+)*|#N/A.*|Err:\d+"
_BETWEEN = r"[\W_]+"


def says_nothing(text: str) -> bool:
    """True if a text is empty or a placeholder: punctuation alone, a spreadsheet's error value, a word such as TBD.

    'NA' is one of them; where a country is expected, callers try the code of Namibia first.
    """
    folded = visible(text).strip()
    if re.fullmatch(_ERRORS, folded, re.I):
        return True
    written = folded.casefold().strip("<>[](){}\"'*“”‘’「」【】 ")
    bare = re.sub(_BETWEEN, "", written)
    if any("\ud800" <= c <= "\udfff" for c in written):
        return False  # undecodable bytes of a name, not a placeholder
    if not bare or bare in _WORDS:
        return True
    if len(set(bare)) == 1 and bare[0] in "xz?0" and len(bare) > 2:
        return True
    return bare in _BROKEN and bool(re.search(_BROKEN_SIGNS, written))
