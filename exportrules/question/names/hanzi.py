"""Chinese names in Latin letters: most listed names are Pinyin, and a ledger may have the characters.

The reading of a character is found by its place in GB 2312, whose common characters are in the order of Pinyin.
Characters with several readings have the usual one in names of companies. Tones and the dots of ü are left out, as in
the lists.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cache

from exportrules.question.names.close import Index, chinese_core, chinese_letters
from exportrules.question.names.houses import is_ordinary
from exportrules.question.names.keys import Near
from exportrules.question.names.words import CHINESE_KINDS, CHINESE_PLACES, PLACES

#: The first character of each syllable among the common characters of GB 2312.
_FIRST = """
    a啊 ai埃 an鞍 ang肮 ao凹 ba芭 bai白 ban斑 bang邦 bao苞 bei杯 ben奔 beng崩 bi逼 bian鞭 biao标 bie鳖 bin彬 bing兵
    bo玻 bu捕 ca擦 cai猜 can餐 cang苍 cao操 ce厕 ceng层 cha插 chai拆 chan搀 chang昌 chao超 che车 chen郴 cheng撑
    chi吃 chong充 chou抽 chu初 chuai揣 chuan川 chuang疮 chui吹 chun春 chuo戳 ci疵 cong聪 cou凑 cu粗 cuan蹿 cui摧
    cun村 cuo磋 da搭 dai呆 dan耽 dang当 dao刀 de德 deng蹬 di堤 dian颠 diao碉 die跌 ding丁 diu丢 dong东 dou兜 du督
    duan端 dui堆 dun墩 duo掇 e蛾 en恩 er而 fa发 fan藩 fang坊 fei菲 fen芬 feng丰 fou否 fu夫 ga噶 gai该 gan干 gang冈
    gao篙 ge哥 gei给 gen根 geng耕 gong工 gou钩 gu辜 gua刮 guai乖 guan棺 guang光 gui瑰 gun辊 guo锅 ha哈 hai骸 han酣
    hang夯 hao壕 he呵 hei嘿 hen痕 heng哼 hong轰 hou喉 hu呼 hua花 huai槐 huan欢 huang荒 hui灰 hun荤 huo豁 ji击 jia嘉
    jian歼 jiang僵 jiao蕉 jie揭 jin巾 jing荆 jiong炯 jiu揪 ju鞠 juan捐 jue撅 jun均 ka喀 kai开 kan刊 kang康 kao考
    ke坷 ken肯 keng坑 kong空 kou抠 ku枯 kua夸 kuai块 kuan宽 kuang匡 kui亏 kun坤 kuo括 la垃 lai莱 lan蓝 lang琅 lao捞
    le勒 lei雷 leng棱 li厘 lia俩 lian联 liang粮 liao撩 lie列 lin琳 ling玲 liu溜 long龙 lou楼 lu芦 luan峦 lue掠 lun抡
    luo萝 ma妈 mai埋 man瞒 mang芒 mao猫 me么 mei玫 men门 meng萌 mi眯 mian棉 miao苗 mie蔑 min民 ming明 miu谬 mo摸
    mou谋 mu拇 na拿 nai氖 nan南 nang囊 nao挠 ne呢 nei馁 nen嫩 neng能 ni妮 nian蔫 niang娘 niao鸟 nie捏 nin您 ning柠
    niu牛 nong脓 nu奴 nuan暖 nue虐 nuo挪 o哦 ou欧 pa啪 pai拍 pan攀 pang乓 pao抛 pei呸 pen喷 peng砰 pi坯 pian篇
    piao飘 pie撇 pin拼 ping乒 po坡 pou剖 pu扑 qi期 qia掐 qian牵 qiang枪 qiao橇 qie切 qin钦 qing青 qiong琼 qiu秋 qu趋
    quan圈 que缺 qun裙 ran然 rang瓤 rao饶 re惹 ren壬 reng扔 ri日 rong戎 rou揉 ru茹 ruan软 rui蕊 run闰 ruo若 sa撒
    sai腮 san三 sang桑 sao搔 se瑟 sen森 seng僧 sha莎 shai筛 shan珊 shang墒 shao梢 she奢 shen砷 sheng声 shi师 shou收
    shu蔬 shua刷 shuai摔 shuan栓 shuang霜 shui谁 shun吮 shuo说 si斯 song松 sou搜 su苏 suan酸 sui虽 sun孙 suo蓑 ta塌
    tai胎 tan坍 tang汤 tao掏 te特 teng藤 ti梯 tian天 tiao挑 tie贴 ting厅 tong通 tou偷 tu凸 tuan湍 tui推 tun吞 tuo拖
    wa挖 wai歪 wan豌 wang汪 wei威 wen瘟 weng嗡 wo挝 wu巫 xi昔 xia瞎 xian掀 xiang相 xiao萧 xie楔 xin薪 xing星 xiong兄
    xiu休 xu墟 xuan轩 xue靴 xun勋 ya压 yan焉 yang殃 yao邀 ye椰 yi一 yin茵 ying英 yo哟 yong拥 you幽 yu迂 yuan鸳 yue曰
    yun耘 za匝 zai栽 zan咱 zang赃 zao遭 ze责 zei贼 zen怎 zeng增 zha扎 zhai摘 zhan瞻 zhang樟 zhao招 zhe遮 zhen珍
    zheng蒸 zhi芝 zhong中 zhou舟 zhu珠 zhua抓 zhuai拽 zhuan专 zhuang桩 zhui椎 zhun谆 zhuo捉 zi兹 zong鬃 zou邹 zu租
    zuan钻 zui嘴 zun尊 zuo昨
"""
#: Rarer characters that names of companies have.
_RARE = """
    ao鳌 bao葆 bei蓓碚 ben贲 bi璧 bo亳 can璨 cen岑 chai侪 chang阊昶 chen宸 cheng晟铖 dai岱 di谛 duo铎 fang舫 fei翡霏
    feng沣 fu馥 ga伽 ge舸 gu鹄 guan莞 gui簋 han瀚 hang珩 hao昊颢灏皓 he翮诃阖 heng蘅 hong泓黉 hua铧骅 huan寰 huang湟
    hui晖麾荟蕙袆 ji霁稷骥 jiang绛 jie倢 jin瑾缙 jing璟菁靓婧憬暻泾 ju钜 juan隽 jue珏 kai恺锴 ke轲珂 kuang邝
    kun琨锟鲲堃 lai徕涞 lan镧 lao崂 li俪藜郦溧砺跞骊 lian濂 lin麟蔺 ling翎瓴 long泷 lu璐泸鹭 luan鸾 luo漯珞 meng勐
    mi谧 mian渑 miao淼 min旻闵 ming茗酩 mo谟 nai鼐 nuo锘 pi邳 pu濮璞 qi麒颀骐淇琪祺绮琦 qian茜骞 qu衢 quan荃诠 ran苒
    ren仞 rong嵘 rui睿芮 sa飒 shan鄯 shen莘珅蜃 sheng昇笙 shu沭 shuo铄 si泗驷 song嵩 tao韬 teng滕 ti缇 tong仝佟
    wei炜玮闱 wen雯 wo渥 xi曦淅禧羲郗 xian冼 xiang骧 xiao骁筱逍 xin鑫昕馨 xu栩顼 xuan暄璇瑄 xun洵浔 ya娅
    yan焱滟闫晏偃兖嫣琰鄢 yang飏 yao鹞垚曜 ye烨晔邺 yi翊懿镒羿奕弋熠苡薏轶 yin胤鄞 ying滢瑛颍 yong邕镛甬 you宥
    yu钰彧昱瑜妤煜雩 yuan鸢沅 yue玥樾龠 yun赟韫纭筠 zang臧 ze赜 zeng锃 zhang璋 zhe喆 zhen圳箴 zheng峥铮 zhi豸陟
    zhu竺翥 zhuan颛 zi梓
"""
_COMMON = (0xB0A1, 0xD7F9)
#: Places that English does not call by their Pinyin, and those with another reading than the usual one.
_PLACES = {
    "中国": "china", "陕西": "shaanxi", "香港": "hongkong", "澳门": "macau", "西藏": "tibet", "内蒙古": "mongolia",
    "哈尔滨": "harbin", "乌鲁木齐": "urumqi", "台湾": "taiwan", "重庆": "chongqing", "成都": "chengdu",
}  # fmt: skip
#: The most and the fewest characters of a company's own name that are compared, and the fewest Latin letters.
_MOST, _FEWEST, _SHORTEST = 4, 2, 5


@cache
def _readings() -> tuple[list[int], list[str], dict[str, str]]:
    first = [(_code(pair[-1]), pair[:-1]) for pair in _FIRST.split()]
    rare: dict[str, str] = {}
    for entry in _RARE.split():
        syllable = "".join(c for c in entry if c.isascii())
        rare |= dict.fromkeys(entry[len(syllable) :], syllable)
    return [code for code, _ in first], [syllable for _, syllable in first], rare


def _code(character: str) -> int:
    return int.from_bytes(character.encode("gb2312", "ignore"), "big")


def syllables(text: str) -> list[str]:
    """The Pinyin of each character of a text; '' for one that is not known."""
    codes, read, rare = _readings()
    found: list[str] = []
    for character in text:
        code = _code(character)
        common = _COMMON[0] <= code <= _COMMON[1]
        found.append(read[bisect_right(codes, code) - 1] if common else rare.get(character, ""))
    return found


def same_sound(index: Index, text: str) -> Iterator[Near]:
    """The listed names that begin, places aside, with the own name of a Chinese company in Latin letters.

    Many companies sound alike, so two characters count only in the same place, or where neither name has a place.
    """
    core, whole = chinese_core(text), chinese_letters(text)
    if not core or any(kind in whole for kind in CHINESE_KINDS):
        return
    places = {_PLACES.get(place) or "".join(syllables(place)) for place in CHINESE_PLACES if place in whole}
    heard = syllables(core)
    while len(heard) > _FEWEST + 1 and "".join(heard[:_FEWEST]) in PLACES:
        places.add("".join(heard[:_FEWEST]))
        heard = heard[_FEWEST:]
    for size in range(min(_MOST, len(heard)), _FEWEST - 1, -1):
        word = "".join(heard[:size])
        if "" in heard[:size] or len(word) < _SHORTEST or is_ordinary(word):
            continue
        # the lists write a name as one word or as two: 格灵深瞳 is "Geling Shentong"
        for name in (index.names[n] for n in (*index.by_word.get(word, ()), *index.glued.get(word, ()))):
            there = PLACES & set(name.words)
            begins = word in (*name.core[:1], "".join(name.core[:2]))
            bare = not (places or there) and word in (name.core[0], "".join(name.core))
            if begins and (size > _FEWEST or places & there or bare):
                yield Near(name.party, name.printed, "near", 88)
