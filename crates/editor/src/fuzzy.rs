//! Fuzzy matching: how well what was typed fits a name.

/// 30 for the whole text, 25 for its beginning, 20 for the beginning of a word, 10 for the inside of one.
pub(crate) fn text_score(text: &str, word: &str) -> Option<u32> {
    let text = text.to_lowercase();
    let begins = |part: &str| part.starts_with(word);
    if text == word {
        Some(30)
    } else if begins(&text) {
        Some(25)
    } else if text.split(|letter: char| !letter.is_alphanumeric()).any(begins) {
        Some(20)
    } else {
        text.contains(word).then_some(10)
    }
}

/// Whether all letters of `word` come in `text` in this order.
pub(crate) fn subsequence(text: &str, word: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    word.chars().all(|wanted| letters.any(|letter| letter == wanted))
}

/// How well all words of a query fit a text; nothing when one does not.
pub(crate) fn score(text: &str, query: &str) -> Option<u32> {
    let one = |word: &str| text_score(text, word).or_else(|| subsequence(text, word).then_some(2));
    query.to_lowercase().split_whitespace().map(one).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_count_more_than_insides() {
        assert!(text_score("Low-pass filter", "low") > text_score("Low-pass filter", "filter"));
        assert!(text_score("Low-pass filter", "filter") > text_score("Low-pass filter", "ilter"));
        assert_eq!(text_score("Low-pass filter", "delay"), None);
        assert!(subsequence("Low-pass filter", "lpf") && !subsequence("Low-pass filter", "fpl"));
    }

    #[test]
    fn every_word_has_to_fit() {
        assert!(score("shaper.cutoff", "cut sh").is_some());
        assert_eq!(score("shaper.cutoff", "cut tone"), None);
        assert_eq!(score("anything", ""), Some(0));
    }
}
