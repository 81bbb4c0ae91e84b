"""Who may publish, and when: after the review, with the resident's consent, by the reviewer alone (rulebook §2.3, §11)."""

from __future__ import annotations

import pytest

from service.issues.lifecycle import Action, Party, State, edge


@pytest.mark.parametrize("state", State)
def test_only_the_reviewer_publishes_what_was_reviewed_and_the_resident_can_take_it_back(state: State) -> None:
    release, take_back = edge(state, Action.PUBLISH), edge(state, Action.UNPUBLISH)
    never = {State.CONTENT_REVIEW, State.CONTENT_REJECTED, State.DECLINED, State.WITHDRAWN, State.MERGED}
    assert (release is None) == (state in never)
    assert release is None or (release.to, release.parties) == ((state,), {Party.REVIEWER})
    assert (take_back is None) == (state in {State.CONTENT_REVIEW, State.CONTENT_REJECTED})
    assert take_back is None or (take_back.to, take_back.parties) == ((state,), {Party.OWNER, Party.REVIEWER})
