"""Codec: every word there and back; equal words, equal bytes."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codec
from schemas.word import Word

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def words(kind: type[Word]) -> st.SearchStrategy[Word]:
    """Any word of a kind: hypothesis fills the fields by their types; a fact's own bytes are any JSON."""
    return st.builds(
        kind, **({"fact": st.sampled_from([msgspec.Raw(b"{}"), msgspec.Raw(b'{"dead": 12}')])} if kind is codec.WORDS["admitted"] else {})
    )


st.register_type_strategy(str, ANY_TEXT)


@pytest.mark.parametrize("kind", [pytest.param(kind, id=name) for name, kind in codec.WORDS.items()])
def test_every_word_survives_the_wire(kind):
    """Decoding what was encoded gives an equal word, and encoding that gives equal bytes."""

    @given(words(kind))
    def there_and_back(word: Word) -> None:
        raw = codec.encode(word)
        again = codec.decode(raw)
        assert type(again) is kind
        assert codec.encode(again) == raw
        assert codec.name_of(again) == codec.name_of(word)

    there_and_back()


@pytest.mark.parametrize("kind", [pytest.param(kind, id=name) for name, kind in codec.WORDS.items()])
def test_words_hold_no_floats_and_no_sets(kind):
    """Nothing whose order or rounding could differ from one machine to the next."""
    fields = repr(msgspec.inspect.multi_type_info([kind]))
    assert "FloatType" not in fields
    assert "SetType" not in fields
    assert "AnyType" not in fields


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{}", id="no word"),
        pytest.param(b'{"word":"gossip"}', id="a word that is none of ours"),
        pytest.param(b'{"word":"tick","number":1,"at":1,"wall":1,"complete_through":1,"x":1}', id="a field that the word does not have"),
        pytest.param(b'{"word":"tick","number":"1","at":1,"wall":1,"complete_through":1}', id="a digit string for a number"),
    ],
)
def test_what_is_none_of_our_words_is_refused(raw):
    with pytest.raises(ValueError):
        codec.decode(raw)
