"""Words of company names: corporate suffixes, abbreviations, and words too common to distinguish companies."""

from __future__ import annotations

#: Corporate suffixes, which do not distinguish companies.
SUFFIXES = frozenset(
    """
    ab ag ao bv cjsc co coltd company corp corporation fzco fze gmbh inc incorporated jsc kk limited llc lp ltd nv
    oao ojsc ooo pao pjsc plc pte pteltd pty sa sarl sas spa srl zao
    """.split()
)
#: With suffixes that have other meanings (SDN is also Sudan): ignored when names are compared for similarity.
ENDINGS = SUFFIXES | frozenset(
    """
    as bhd eood fgbu fgup fsue fzc fzllc kft llp ltda ltdsti ou oy oyj pvt sdn sirketi sro sti
    """.split()
)
CHINESE_SUFFIXES = ("股份有限公司", "有限责任公司", "有限公司", "股份公司", "公司")

#: Words that a name may leave out.
SMALL_WORDS = frozenset("a al and de del der di for i im imeni in la le municipal named no of on the und ve".split())

#: Abbreviations and variant spellings of each word or phrase, and the Chinese word in Latin letters.
_WRITTEN = """
    public security bureau: psb
    ahmad: ahmed ahmet
    hossein: hussein hussain husain hussien hossain
    mohammad: muhammad mohammed mohamed mohamad muhammed mohamud mohd
    integrated circuit: ic
    polytechnic: polytech polytechnical
    mashinostroenie: mashinostroeniya mashinostroenia mashinostroyenie mashinostroyeniya mashinostroyenia
    priborostroenie: priborostroeniya priborostroenia priborostroyenie priborostroyeniya priborostroyenia
    sudostroenie: sudostroeniya sudostroenia sudostroyenie sudostroyeniya sudostroyenia
    obedinenie: obedineniya obedineniye obyedinenie obyedineniye obyedineniya
    predpriyatie: predpriyatiye predpriyatiya
    proizvodstvennoe: proizvodstvennoye proizvodstvennyy proizvodstvennyi
    gosudarstvennoe: gosudarstvennoye gosudarstvennyy gosudarstvennyi gosudarstvennaya
    academy: acad akademiya
    aeronautic: aero aeronautical
    aerospace: aerosp
    associate: assoc associated
    association: assn
    automation: autom
    bureau: byuro bur
    security: sec
    center: centre ctr tsentr cntr
    chemical: chem
    communication: comm comms commun telecom telecommunication tongxin
    computer: comp cptr
    concern: kontsern
    computing: comput
    construction: constr
    department: dept
    design: dsgn
    development: dev devel devt kaifa
    device: devs
    digital: digit
    electronic: elec electr electric electrical electron elektronik elektronika dianzi
    engineering: eng engg engrg engr gongcheng
    enterprise: ent entpr
    equipment: equip eqpt
    factory: fcty fab fty
    general: gen
    group: grp jituan
    holding: hldg hldgs
    hongkong: hk
    import: imp
    export: exp
    industry: ind industrial indl gongye chanye
    information: info inform xinxi
    institute: inst institut yanjiusuo
    instrument: instr
    integrated: integ
    intelligent: intell intel zhineng
    international: intl int guoji
    laboratory: lab
    logistics: logist
    machinery: mach
    management: mgmt mgt
    manufacturing: mfg manuf manufacture
    material: matl
    microelectronic: microelectr
    national: natl nat
    network: netw
    number: nr
    optical: opt
    photoelectric: photoelec
    physic: phys
    precision: prec
    production: prodn
    product: prod
    republic: rep
    research: res rsch
    school: sch
    science: sci scientific kexue
    semiconductor: semi semicon semicond bandaoti
    service: svc svcs serv
    software: sw
    solution: soln
    state: st
    storage: stor
    supercomputing: supercomputer
    system: sys syst
    technical: techn
    technology: tech technol techno keji jishu
    trading: trdg trd
    university: univ uni daxue
    workshop: wksp
    yangtze: changjiang
"""
ABBREVIATIONS = {
    short: word.strip()
    for line in _WRITTEN.strip().splitlines()
    for word, _, written in [line.partition(":")]
    for short in written.split()
}

#: Words too general to identify a company, however many of them a name has.
GENERIC = frozenset(
    """
    academy advanced aeronautic aerospace affiliated agency aircraft airline application applied associate
    association automation automotive aviation base biological biotechnology branch bureau business capital cargo
    center central chemical chip circuit city cloud college commerce commercial communication company component
    computer computing construction consulting control cooperation cyber data defense department design development
    device digital division east eastern electric electrical electromechanical electronic electronics energy
    engineering enterprise environment equipment export factory federal finance financial first foreign foundation
    freight fund general global government graphic group hardware health heavy high hightech holding hospital import
    industrial industry information innovation institute instrument insurance integrated intelligence intelligent
    international internet investment joint key laboratory large light liability lighting limited logistics machine
    machinery main management manufactory manufacturing marine maritime market marketing material mechanical
    mechanic media medical metal micro microelectronic middle military mineral mining ministry mobile motor
    municipal nano national network new nonlinear north northern nuclear ocean office oil open optic optical
    optoelectronic optronic organization pacific people petroleum pharmaceutical photonic physic plant platform plc
    power precision private processing product production professional project province provincial public quantum
    radio railway real research resource robot robotic school science second security semiconductor sensor service
    ship shipping silicon smart society software solar solution south southern space special standard state station
    steel stock storage strategic studio supercomputing supply surveying system technical technology
    telecommunication test testing textile third tool trade trading transport transportation union united university
    vehicle video vision water west western wireless workshop world aktsionernoe byuro federalnoe gosudarstvennoe
    institut issledovatelski issledovatelskiy kompaniya konstruktorskoe kontsern nauchno obedinenie obshchestvo
    ogranichennoi otkrytoe otvetstvennostyu predpriyatie proizvodstvennoe tsentr unitarnoe zavod zakrytoe ticaret
    sanayi dis facility gnpp gnts mkb nii npk npo npp npts okb skb tskb
    """.split()
)

#: Words for a kind of body: "Fudan University" is not "HK Fudan", although they share a word.
KINDS = frozenset(
    """
    airline bank church club college court embassy hospital hotel insurance ministry museum polytechnic school
    university
    """.split()
)

#: Places in names of companies; names of countries come from the places of the ruleset.
PLACES = frozenset(
    """
    america american africa african anhui asia asian baoding beijing britain british changchun changsha changzhou
    chengdu china chinese chongqing dalian delhi dongguan dubai emirate emirates europe european foshan france
    french fujian fuzhou gansu german germany guangdong guangxi guangzhou guiyang guizhou hainan hamburg hangzhou
    harbin hebei hefei heilongjiang henan hong hongkong hubei huizhou hunan india indian inner iran iranian istanbul
    japan japanese jiangsu jiangxi jiaxing jilin jinan kazan kong korea korean kunming kunshan kyiv lanzhou liaoning
    london luoyang macau malaysia mianyang minsk mongolia moscow mumbai munich nanchang nanjing nanning nantong
    ningbo ningxia novosibirsk pakistan paris petersburg qingdao qinghai quanzhou rossii russia russian saint samara
    seoul shaanxi shandong shanghai shanxi shaoxing shenyang shenzhen shijiazhuang siberia sichuan singapore suzhou
    taipei taiwan taizhou tehran tianjin tibet tokyo turkey ukraine ural urumqi weihai wenzhou wuhan wuhu wuxi xiamen
    xian xinjiang xuzhou yangtze yangzhou yantai yunnan zhangjiang zhejiang zhengzhou zhongshan zhuhai
    ankara baghdad damascus doha hanoi islamabad izmir jakarta jeddah karachi lahore manila rawalpindi riyadh
    """.split()
)

#: Everyday words that many companies use as names: one of them alone does not identify a company.
COMMON = frozenset(
    """
    access ace active analog aero air alfa alliance alpha amber apex aqua arrow arsenal art asset aurora avia banner
    beacon best beta bio blue bright bridge brilliant brother cambrian cherry classic clear color compass concord
    continental core cosmos creative crown crystal cube dawn dawning delta diamond direct dragon dream dynamic eagle
    earth eco edge elite emerald empire epsilon equality everest excel express falcon fast fine fire flying focus
    fortune forward frontier fusion future galaxy gamma gateway gem genesis giant gold golden good grand great green
    happy harmony hawk horizon hub ideal image impact imperial infinity inspire integral jade jet jupiter kant king
    land leader legend liberty life line link lion logic lotus lucky luna magic magnet magnetar mars master matrix
    max mercury meta metro modern moon mountain mutual nature neo neptune nexus nova oasis olympic omega omni one
    optimum orange orbit orient oriental origin orion paradise park pearl peak phoenix pilot pioneer planet plus
    polar port premier prestige prime prince progress prosper pure quality quest rainbow rapid red regal regent
    reliable river rock rose royal ruby safe salut saturn shine signal silver sigma sky solid sonic source spark
    spectrum
    speed spirit spring star stellar stone storm stream strong success summit sun sunrise super superior supreme
    swan target team terra tiger time titan top total tower true trans tri triumph trust ultra unique unity
    universal valley vector vega venus victory viking vital volt wave white win wind wing wise wonder yellow young
    zenith zodiac zone
    """.split()
)

#: Words of daily life, given names, towns and words of the goods that begin listed names: in a remark they name nobody.
ORDINARY = frozenset(
    """
    abdul academician achinsk acoustic advance advantage aero affiliate after ahmad airborne aircompany albatross
    aleksander alexander alexey ali allchip allied alloy amazon analysis analytical andrey android angarsk anton
    apex apparatus apple argon artificial argonne arzama ask astronautic astronomical atomic authority automated
    automatic autonomous avionic balashikha baotou basic bearing benson best bioengineering biologic box brian
    brilliance broad bryansk budgetary building cable calibration carbon cast cell chain changji channel check
    chelyabinsk chemistry chen civil class clean closed collective combine commission committee commodity complete
    complex composite concern connect consultancy cooperative cornerstone crimean current cyclone dart david deep
    defence defensy detail directorate dmitriy dmitry document dolphin drake dual easy economic education electro
    element elena emerging engine engineer engines environmental equality establishment excell exodus experimental face
    facility fair far fast faster fat feodosia feodosiya ferrite fiberglass field fifth filial finland firearm firma
    fit flight following force forces foremost forensic found fudan full george glasgow grant graphene guilin gulf
    gunpowder hakim hamed hamid hang hassan head helicopter high higher hitech hope hossein hotan house hudson
    hussein hydraulic hyper hypersonic ibrahim icarus identipart impulse index initiative inkson innovative insight
    inspection institution instrumentation inter intercom interface internal invest islamic its izhevsk jamal jason
    joint kaluga karma kepler kerch kevin khabarovsk khalil kim kingstone kirill knowledge kuibyshev kumar kursk
    large laser launch laurel leading lee lemon level like lipetsk liu logistic long love mac mahdi mail majid
    majory making man manufacturer maple marin marine mark mean measure measurement measuring mechatronic medicine
    mehdi memory metallist meteor metro metrology microbiology microcomponent microscale microtechnology mike
    mikhail missile module mohamad mohammad mohammadi mohammed mohsen molecular montana moore more most mpeg
    muhammad muller multi murat myanmar mytishchi nanotech navigate navigation navigator net new next nice nobel
    northwest northwestern number obninsk off omar one optics option order otto own owned panda pandas panorama
    payload peaceful pegasus penza pera performance peshawar photon physical planar planning plasma plastik positive
    post press prima problem process product prometheus property proven pskov pulsar pyramid quality radar radi
    radiant radiation radiophysic reactor red reducer region regional regulation relay remote repair republic reza
    rich right rising robin rocket roman room ryazan saeed salute salvation samara samer sanya satellite schmidt
    schneider scott seaport sense sensing sensor sergei sergey set sevastopol shahed shahid shield shipbuilding
    shipyard simulation singh singleton skolkovo small smith southeast southwest sparkling spec specialized speedy
    src stanislav starwave step strategy structure study sudan superchip symphony synergy taco tactical taganrog
    tako technique terminal terry tesla theodosia theoretical thermal thomas three topaz torch toxicology trader
    transmission triangle troya tula turbine turbo ulanqab ultimate ulyanovsk union unitary unmanned upper value
    vaso vast vauxhall venture vertical veteran vladimir vladivostok volga volgograd voronezh wagner wang warehouse
    warfare waterway way well wheel wheels wisdom work xiangyang xinyi xiongan yalta yang yangpu yaroslavl
    changjiang dongfang fuyang haitian huazhong jiangnan jinhua lianyungang lingang liyang qianhai sanhe taiyuan tonghua
    yevpatoria yibin yichang yield yuliya zelenodolsk zero zhang
    """.split()
)

#: Traditional characters and Japanese forms of characters in names of listed companies, with the simplified ones.
SIMPLIFIED = str.maketrans(
    "華為訊飛龍電腦軟體機學國際資聯創達廣東雲計網絡線導長遠積業產術開發設備製銀貿連動車數據衛視聲寶慶漢陽陝齊"
    "魯蘇濟寧貳億萬與專兩嚴喪個豐臨麗舉義習鄉書買亂爭於亞親僅從侖倉儀們價眾優會傘偉傳傷倫偽餘傭債傾曠爾維諾訓"
    "號語誠詢該詳課調談請論識譜貝財責賢敗賬貨質販貪貧購賽贏趙躍軍軒轉輪輸輻轄遼遷過邁運還進違遲適選鄧鄭鄰鋼錢"
    "錄鍵鏡鐵門問間閃閔閱隊階隨險隱雜雞離難霧靈靜頂項順須頓預領頭頻題額顏風飄飯館馬馭馳驅驗驚鬆鬥鬧魚鳥鳴鴻鵬"
    "鷹麥黃點齒團廠礦顯濱島灣嶺範圍區縣總經營處實檢測劑藥醫療環節紅紀級純納細組結給統綠綜緊曉輝鑽異燁"
    "両並亜仏伝佈併來価侷係傢僞儲內凈処凱剋剤務勵厳參員啓啟営囌団囲図圖圧報壓壯奧実専屬崑崙嶗庁広廈廳弐張弾彈"
    "彔彿従復徳応愛應懞戦戰拠挙斉時晉暁暢朮検樑檯歐歯気氣沢浄浜淨済渓渦湯潔澤濛瀋瀾烏無爲瑪産甦甯発県矇禦竜箇"
    "粛糰終経綫綿総緑縴繊繋繫纖聞肅脳臺舘艦荊荘莊萊葯蔘蔵薩薬蘭衆衕裝複覈謀豊貴転迴遅郵郷鄲鉄鉆銭銳鋭錫録閤閲"
    "闘闥陰陸険隠雑霊顔顕颱駆験騰髪髮鬚鶏鷄黒",
    "华为讯飞龙电脑软体机学国际资联创达广东云计网络线导长远积业产术开发设备制银贸连动车数据卫视声宝庆汉阳陕齐"
    "鲁苏济宁贰亿万与专两严丧个丰临丽举义习乡书买乱争于亚亲仅从仑仓仪们价众优会伞伟传伤伦伪余佣债倾旷尔维诺训"
    "号语诚询该详课调谈请论识谱贝财责贤败账货质贩贪贫购赛赢赵跃军轩转轮输辐辖辽迁过迈运还进违迟适选邓郑邻钢钱"
    "录键镜铁门问间闪闵阅队阶随险隐杂鸡离难雾灵静顶项顺须顿预领头频题额颜风飘饭馆马驭驰驱验惊松斗闹鱼鸟鸣鸿鹏"
    "鹰麦黄点齿团厂矿显滨岛湾岭范围区县总经营处实检测剂药医疗环节红纪级纯纳细组结给统绿综紧晓辉钻异烨"
    "两并亚佛传布并来价局系家伪储内净处凯克剂务励严参员启启营苏团围图图压报压壮奥实专属昆仑崂厅广厦厅贰张弹弹"
    "录佛从复德应爱应蒙战战据举齐时晋晓畅术检梁台欧齿气气泽净滨净济溪涡汤洁泽蒙沈澜乌无为玛产苏宁发县蒙御龙个"
    "肃团终经线绵总绿纤纤系系纤闻肃脑台馆舰荆庄庄莱药参藏萨药兰众同装复核谋丰贵转回迟邮乡郸铁钻钱锐锐锡录合阅"
    "斗闼阴陆险隐杂灵颜显台驱验腾发发须鸡鸡黑",
)

#: Cyrillic letters as the lists transliterate them, and Latin ones that are no letter with an accent: Havacılık, Łódź.
_LATIN = "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya e".replace("-", "").split(" ")
_ODD = dict(zip("ıłøđəðþæœ", "i l o d e d th ae oe".split(), strict=True))
LATIN = str.maketrans({**dict(zip("абвгдежзийклмнопрстуфхцчшщъыьэюяё", _LATIN, strict=True)), **_ODD})

#: Chinese words before or after the distinctive part of a company's name.
CHINESE_PLACES = tuple(
    """
    中国 北京 上海 天津 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川
    贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 深圳 广州 杭州 南京 苏州 成都 武汉 西安 合肥
    无锡 宁波 厦门 青岛 大连 沈阳 长沙 郑州 济南 福州 珠海 东莞 佛山 昆山 常州 南通 绵阳 哈尔滨 长春 昆明 贵阳 南昌
    兰州 石家庄 太原 乌鲁木齐
    """.split()
)
#: What Chinese names have for a core, and remarks for a word.
CHINESE_ORDINARY = frozenset(
    """
    张江 量子 超算 超燃 先进 高压 航天 国家 联合 华北 授时 精测 微纳 元音 火炬 中科 国科
    九院 天大 川大 南飞 长存 通用 工程物理
    """.split()
)
CHINESE_GENERIC = tuple(
    """
    集成电路 微电子 半导体 研究院 研究所 实验室 技术 科技 信息 产业 集团 股份 电子 智能 开发 设备 实业 工业 控股
    投资 国际 系统 软件 网络 通信 数字 数据 制造 发展 大学 学院 中心 有限 公司 省 市 区 县 国家 飞机
    """.split()
)
CHINESE_KINDS = ("大学", "医院", "银行")
#: What is left of some names without place and trade, and of many others as well.
CHINESE_VAGUE = frozenset("联合 航天 航空 先进 华北 通用 量子 国家".split())
