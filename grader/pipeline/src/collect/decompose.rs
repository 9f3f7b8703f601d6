//! Taking accented letters apart, so that two spellings of one name compare equal.
//!
//! macOS hands out names with the accent as a character of its own, everything else mostly as one
//! character. The table holds the canonical two-part decompositions of Unicode for the Latin,
//! Greek, Cyrillic and Kana blocks; Hangul is computed (Unicode Standard, section 3.12). Letters
//! outside of it compare as they are.

/// `text` with its letters taken apart, and with the marks that follow a letter in the order of
/// their code points. Not a normal form of Unicode (that order is by class), but equal whenever
/// the normal forms are.
pub(super) fn decomposed(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        take_apart(c, &mut out);
    }
    for marks in out.chunk_by_mut(|&a, &b| is_mark(a) && is_mark(b)) {
        marks.sort_unstable();
    }
    out.into_iter().collect()
}

fn take_apart(c: char, out: &mut Vec<char>) {
    if c.is_ascii() {
        out.push(c);
    } else if let Some((base, mark)) = split(c) {
        take_apart(base, out);
        out.push(mark);
    } else if let Some(syllable) = hangul(c) {
        out.extend(syllable.into_iter().flatten());
    } else {
        out.push(c);
    }
}

fn split(c: char) -> Option<(char, char)> {
    MARKS.iter().find_map(|&(mark, bases, composed)| {
        let at = composed.chars().position(|letter| letter == c)?;
        Some((bases.chars().nth(at)?, mark))
    })
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}')
}

fn hangul(c: char) -> Option<[Option<char>; 3]> {
    const VOWELS: u32 = 21;
    const TAILS: u32 = 28;
    let index = u32::from(c).checked_sub(0xAC00).filter(|&index| index < 11_172)?;
    let tail = index % TAILS;
    Some([
        char::from_u32(0x1100 + index / (VOWELS * TAILS)),
        char::from_u32(0x1161 + index % (VOWELS * TAILS) / TAILS),
        (tail > 0).then(|| char::from_u32(0x11A7 + tail)).flatten(),
    ])
}

/// A mark, the letters that carry it, and the letters with it, in the same order.
#[rustfmt::skip]
const MARKS: [(char, &str, &str); 31] = [
    ('\u{300}',
        "AEIOUaeiouÜüNnЕИеиĒēŌōWwÂâĂăÊêÔôƠơƯưYyἀἁἈἉἐἑἘἙἠἡἨἩἰἱἸἹὀὁὈὉὐὑὙὠὡὨὩαεηιουωΑΕΗ᾿ϊΙ῾ϋΥ¨ΟΩ",
        "ÀÈÌÒÙàèìòùǛǜǸǹЀЍѐѝḔḕṐṑẀẁẦầẰằỀềỒồỜờỪừỲỳἂἃἊἋἒἓἚἛἢἣἪἫἲἳἺἻὂὃὊὋὒὓὛὢὣὪὫὰὲὴὶὸὺὼᾺῈῊ῍ῒῚ῝ῢῪ῭ῸῺ"),
    ('\u{301}',
        "AEIOUYaeiouyCcLlNnRrSsZzÜüGgÅåÆæØø¨ΑΕΗΙΟΥΩϊαεηιϋουωϒГКгкÇçĒēÏïKkMmÕõŌōPpŨũWwÂâĂăÊêÔôƠơƯưἀἁἈἉἐἑἘἙἠἡἨἩἰἱἸἹὀὁὈὉὐὑὙὠὡὨὩ᾿῾",
        "ÁÉÍÓÚÝáéíóúýĆćĹĺŃńŔŕŚśŹźǗǘǴǵǺǻǼǽǾǿ΅ΆΈΉΊΌΎΏΐάέήίΰόύώϓЃЌѓќḈḉḖḗḮḯḰḱḾḿṌṍṒṓṔṕṸṹẂẃẤấẮắẾếỐốỚớỨứἄἅἌἍἔἕἜἝἤἥἬἭἴἵἼἽὄὅὌὍὔὕὝὤὥὬὭ῎῞"),
    ('\u{302}',
        "AEIOUaeiouCcGgHhJjSsWwYyZzẠạẸẹỌọ",
        "ÂÊÎÔÛâêîôûĈĉĜĝĤĥĴĵŜŝŴŵŶŷẐẑẬậỆệỘộ"),
    ('\u{303}',
        "ANOanoIiUuVvÂâĂăEeÊêÔôƠơƯưYy",
        "ÃÑÕãñõĨĩŨũṼṽẪẫẴẵẼẽỄễỖỗỠỡỮữỸỹ"),
    ('\u{304}',
        "AaEeIiOoUuÜüÄäȦȧÆæǪǫÖöÕõȮȯYyИиУуGgḶḷṚṛαΑιΙυΥ",
        "ĀāĒēĪīŌōŪūǕǖǞǟǠǡǢǣǬǭȪȫȬȭȰȱȲȳӢӣӮӯḠḡḸḹṜṝᾱᾹῑῙῡῩ"),
    ('\u{306}',
        "AaEeGgIiOoUuУИиуЖжАаЕеȨȩẠạαΑιΙυΥ",
        "ĂăĔĕĞğĬĭŎŏŬŭЎЙйўӁӂӐӑӖӗḜḝẶặᾰᾸῐῘῠῨ"),
    ('\u{307}',
        "CcEeGgIZzAaOoBbDdFfHhMmNnPpRrSsŚśŠšṢṣTtWwXxYyſ",
        "ĊċĖėĠġİŻżȦȧȮȯḂḃḊḋḞḟḢḣṀṁṄṅṖṗṘṙṠṡṤṥṦṧṨṩṪṫẆẇẊẋẎẏẛ"),
    ('\u{308}',
        "AEIOUaeiouyYΙΥιυϒЕІеіАаӘәЖжЗзИиОоӨөЭэУуЧчЫыHhÕõŪūWwXxt",
        "ÄËÏÖÜäëïöüÿŸΪΫϊϋϔЁЇёїӒӓӚӛӜӝӞӟӤӥӦӧӪӫӬӭӰӱӴӵӸӹḦḧṎṏṺṻẄẅẌẍẗ"),
    ('\u{309}',
        "AaÂâĂăEeÊêIiOoÔôƠơUuƯưYy",
        "ẢảẨẩẲẳẺẻỂểỈỉỎỏỔổỞởỦủỬửỶỷ"),
    ('\u{30a}',
        "AaUuwy",
        "ÅåŮůẘẙ"),
    ('\u{30b}',
        "OoUuУу",
        "ŐőŰűӲӳ"),
    ('\u{30c}',
        "CcDdEeLlNnRrSsTtZzAaIiOoUuÜüGgKkƷʒjHh",
        "ČčĎďĚěĽľŇňŘřŠšŤťŽžǍǎǏǐǑǒǓǔǙǚǦǧǨǩǮǯǰȞȟ"),
    ('\u{30f}',
        "AaEeIiOoRrUuѴѵ",
        "ȀȁȄȅȈȉȌȍȐȑȔȕѶѷ"),
    ('\u{311}',
        "AaEeIiOoRrUu",
        "ȂȃȆȇȊȋȎȏȒȓȖȗ"),
    ('\u{313}',
        "αΑεΕηΗιΙοΟυωΩρ",
        "ἀἈἐἘἠἨἰἸὀὈὐὠὨῤ"),
    ('\u{314}',
        "αΑεΕηΗιΙοΟυΥωΩρΡ",
        "ἁἉἑἙἡἩἱἹὁὉὑὙὡὩῥῬ"),
    ('\u{31b}',
        "OoUu",
        "ƠơƯư"),
    ('\u{323}',
        "BbDdHhKkLlMmNnRrSsTtVvWwZzAaEeIiOoƠơUuƯưYy",
        "ḄḅḌḍḤḥḲḳḶḷṂṃṆṇṚṛṢṣṬṭṾṿẈẉẒẓẠạẸẹỊịỌọỢợỤụỰựỴỵ"),
    ('\u{324}',
        "Uu",
        "Ṳṳ"),
    ('\u{325}',
        "Aa",
        "Ḁḁ"),
    ('\u{326}',
        "SsTt",
        "ȘșȚț"),
    ('\u{327}',
        "CcGgKkLlNnRrSsTtEeDdHh",
        "ÇçĢģĶķĻļŅņŖŗŞşŢţȨȩḐḑḨḩ"),
    ('\u{328}',
        "AaEeIiUuOo",
        "ĄąĘęĮįŲųǪǫ"),
    ('\u{32d}',
        "DdEeLlNnTtUu",
        "ḒḓḘḙḼḽṊṋṰṱṶṷ"),
    ('\u{32e}',
        "Hh",
        "Ḫḫ"),
    ('\u{330}',
        "EeIiUu",
        "ḚḛḬḭṴṵ"),
    ('\u{331}',
        "BbDdKkLlNnRrTtZzh",
        "ḆḇḎḏḴḵḺḻṈṉṞṟṮṯẔẕẖ"),
    ('\u{342}',
        "ἀἁἈἉἠἡἨἩἰἱἸἹὐὑὙὠὡὨὩα¨η᾿ιϊ῾υϋω",
        "ἆἇἎἏἦἧἮἯἶἷἾἿὖὗὟὦὧὮὯᾶ῁ῆ῏ῖῗ῟ῦῧῶ"),
    ('\u{345}',
        "ἀἁἂἃἄἅἆἇἈἉἊἋἌἍἎἏἠἡἢἣἤἥἦἧἨἩἪἫἬἭἮἯὠὡὢὣὤὥὦὧὨὩὪὫὬὭὮὯὰαάᾶΑὴηήῆΗὼωώῶΩ",
        "ᾀᾁᾂᾃᾄᾅᾆᾇᾈᾉᾊᾋᾌᾍᾎᾏᾐᾑᾒᾓᾔᾕᾖᾗᾘᾙᾚᾛᾜᾝᾞᾟᾠᾡᾢᾣᾤᾥᾦᾧᾨᾩᾪᾫᾬᾭᾮᾯᾲᾳᾴᾷᾼῂῃῄῇῌῲῳῴῷῼ"),
    ('\u{3099}',
        "かきくけこさしすせそたちつてとはひふへほうゝカキクケコサシスセソタチツテトハヒフヘホウワヰヱヲヽ",
        "がぎぐげござじずぜぞだぢづでどばびぶべぼゔゞガギグゲゴザジズゼゾダヂヅデドバビブベボヴヷヸヹヺヾ"),
    ('\u{309a}',
        "はひふへほハヒフヘホ",
        "ぱぴぷぺぽパピプペポ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_pairs_each_letter_with_its_base() {
        for (mark, bases, composed) in MARKS {
            assert_eq!(bases.chars().count(), composed.chars().count(), "{mark:?}");
        }
    }

    #[test]
    fn composed_and_decomposed_spellings_are_equal() {
        for (one, other) in [
            ("Zo\u{eb}", "Zoe\u{308}"),
            ("Nguy\u{1ec5}n", "Nguye\u{302}\u{303}n"),
            ("Nguy\u{1ec5}n", "Nguy\u{ea}\u{303}n"),
            ("\u{304c}", "\u{304b}\u{3099}"),
            ("\u{d55c}", "\u{1112}\u{1161}\u{11ab}"),
            ("\u{ac00}", "\u{1100}\u{1161}"),
            ("a\u{323}\u{302}", "\u{1ead}"),
        ] {
            assert_eq!(decomposed(one), decomposed(other), "{one}");
        }
    }

    #[test]
    fn different_letters_stay_different() {
        assert_ne!(decomposed("\u{e9}"), decomposed("\u{e8}"));
        assert_ne!(decomposed("\u{d55c}"), decomposed("\u{d558}"));
    }
}
