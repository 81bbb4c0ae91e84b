"""From claimed pushes to envelopes: by which channel each goes, who gets a consent, what is said, what waits or ends here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from service.accounts.queries import MINIPROGRAM_PROVIDER
from service.accounts.reach import OFFICIAL_PROVIDER, contact_phones, openids_by_provider
from service.incoming.queries import within_reach
from service.issues.reach import issue_phones
from service.notifications import claims, consents, pauses, texts, timing
from service.notifications.claims import Push
from service.notifications.delivery import Envelope
from service.notifications.fields import InvalidField
from service.notifications.kinds import WORK, Kind, Purpose, page, purpose_of
from service.notifications.models import INVALID, NO_CHANNEL, NO_CONSENT, REFUSED
from service.notifications.sharing import Held, Want, share
from service.notifications.templates import Channel, Facts, Messages, Template, messages, render, render_sms
from service.parameters import queries as parameters
from service.parameters import wording
from workers.letters import Doors, Letter

DIGEST = "digest"
"""In ``tried``: a digest found no way out, so the push goes by itself."""


class Preparation:
    """One batch, inside the transaction that claimed it."""

    def __init__(self, session: Session, doors: Doors, now: dt.datetime) -> None:
        self._session, self._doors, self._now = session, doors, now
        self._resting = pauses.open_pauses(session, now=now)
        self._districts: dict[str | None, Messages] = {}
        self._ended: dict[tuple[str, str | None], list[str]] = defaultdict(list)
        self._waiting: dict[dt.datetime, list[str]] = defaultdict(list)
        self.envelopes: list[Envelope] = []

    def run(self, pushes: Sequence[Push]) -> list[Envelope]:
        """Envelopes in the order in which they should leave; everything else is ended or put off."""
        letters = self._digests([self._letter(push) for push in pushes])
        self._openids = openids_by_provider(self._session, {push.account_id for push in pushes})
        self._openids[OFFICIAL_PROVIDER] = within_reach(self._session, self._openids[OFFICIAL_PROVIDER])
        letters = [letter for letter in letters if not self._put_off(letter)]
        letters = self._by_subscription(letters)
        letters = [letter for letter in letters if not self._by_official(letter)]
        letters = self._by_text(letters)
        for letter in letters:
            self._end_without(letter)
        self._write()
        places = {push.id: place for place, push in enumerate(pushes)}
        return sorted(self.envelopes, key=lambda one: places[one.notification_id])

    def _letter(self, push: Push) -> Letter:
        tried = frozenset(push.tried.split(",")) if push.tried else frozenset()
        return Letter(push, purpose_of(push.kind), self._messages(push.district_id), tried)

    def _messages(self, district_id: str | None) -> Messages:
        found = self._districts.get(district_id)
        if found is None:
            values = parameters.load(self._session, district_id or "", at=self._now)
            found = self._districts[district_id] = messages(values, placeholders=self._doors.placeholders)
        return found

    def _digests(self, letters: list[Letter]) -> list[Letter]:
        """Many tasks of one person become one letter; what already holds a consent goes as it was begun."""
        by_person: dict[str, list[Letter]] = defaultdict(list)
        for letter in letters:
            if letter.purpose is Purpose.TASK and not letter.push.consent_taken and not letter.push.tried:
                by_person[letter.push.account_id].append(letter)
        carried: set[str] = set()
        for several in by_person.values():
            if len(several) > several[0].messages.values["push.digest_above"]:
                first, *others = several
                first.purpose, first.carries = Purpose.DIGEST, [one.push for one in others]
                carried.update(one.push.id for one in others)
        return [letter for letter in letters if letter.push.id not in carried]

    def _put_off(self, letter: Letter) -> bool:
        """At night nobody is woken but for an emergency. Whoever cannot be reached at all need not wait for the morning."""
        values = letter.messages.values
        until = timing.quiet_until(self._now, values["push.quiet_from"], values["push.quiet_to"])
        if until is None or letter.urgent or not self._reachable(letter):
            return False
        self._waiting[until].extend(letter.ids)
        return True

    def _reachable(self, letter: Letter) -> bool:
        account_id = letter.push.account_id
        return self._doors.texts or any(account_id in openids for openids in self._openids.values())

    def _rests(self, letter: Letter, channel: Channel) -> bool:
        """Put off until the channel is open again; an emergency tries the next one instead."""
        until = self._resting.get(channel)
        if until is None:
            return False
        letter.waits = min(until, letter.waits or until)
        if not letter.urgent:
            self._waiting[until].extend(letter.ids)
        return True

    def _by_subscription(self, letters: list[Letter]) -> list[Letter]:
        """Those that do not go by a subscription message of the mini-program."""
        openids, left, ready = self._openids[MINIPROGRAM_PROVIDER], [], []
        for letter in letters:
            template = letter.open_to(Channel.SUBSCRIPTION)
            if template is None or letter.push.account_id not in openids:
                left.append(letter)
            elif self._rests(letter, Channel.SUBSCRIPTION):
                left += [letter] if letter.urgent else []
            elif (envelope := self._envelope(letter, template, Channel.SUBSCRIPTION, openids)) is not None:
                ready.append((letter, template, envelope))
        agreed = self._consents([(letter, template) for letter, template, _ in ready])
        for letter, _, envelope in ready:
            if letter.push.id in agreed:
                self.envelopes.append(envelope)
            else:
                left.append(letter)
        return left

    def _consents(self, letters: Sequence[tuple[Letter, Template]]) -> set[str]:
        """Ids of those that hold a consent now, or need none of their own (long-term templates need one that is not spent)."""
        self._give_back_changed(letters)
        wants, long_term, have = [], [], set()
        for place, (letter, template) in enumerate(letters):
            push = letter.push
            key = (push.account_id, template.id)
            if push.consent_taken and push.template_id == template.id:
                have.add(push.id)
            elif template.long_term:
                long_term.append((push.id, key))
            else:
                wants.append(Want(push.id, key, push.kind, place))
        held = consents.lock(self._session, [want.key for want in wants] + [key for _, key in long_term])
        once = self._share(wants, held)
        lasting = {push_id for push_id, key in long_term if held.get(key)}
        templates = {letter.push.id: template.id for letter, template in letters}
        self._assign(Channel.SUBSCRIPTION, once, templates, with_consent=True)
        if once:
            consents.reserve(self._session, sorted(once), now=self._now)
        self._assign(Channel.SUBSCRIPTION, lasting, templates, with_consent=False)
        return have | once | lasting

    def _give_back_changed(self, letters: Sequence[tuple[Letter, Template]]) -> None:
        """The district took another template meanwhile: the consent for the old one is free again."""
        stale = [
            letter.push.id
            for letter, template in letters
            if letter.push.consent_taken and letter.push.template_id != template.id
        ]
        if stale:
            consents.give_back(self._session, stale, now=self._now)

    def _share(self, wants: Sequence[Want], held: dict[Held, int]) -> set[str]:
        shared: dict[str, set[str]] = defaultdict(set)
        for district in self._districts.values():
            for template_id, purposes in district.purposes_by_template().items():
                shared[template_id] |= purposes
        return share(wants, held, shared)

    def _assign(self, channel: Channel, ids: Iterable[str], templates: dict[str, str], *, with_consent: bool) -> None:
        groups: dict[tuple[str, str | None], list[str]] = defaultdict(list)
        for push_id in sorted(ids):
            groups[channel.value, templates[push_id]].append(push_id)
        claims.assign(self._session, groups, with_consent=with_consent)

    def _by_official(self, letter: Letter) -> bool:
        """Deputies and staff who signed in at the official account get its template message, which needs no consent, or
        its notice for long-term subscribers; who is none is refused by WeChat and told by the next channel."""
        template, openids = letter.open_to(Channel.OFFICIAL), self._openids[OFFICIAL_PROVIDER]
        if letter.purpose.value not in WORK or template is None or letter.push.account_id not in openids:
            return False
        if self._rests(letter, Channel.OFFICIAL):
            return not letter.urgent
        envelope = self._envelope(letter, template, Channel.OFFICIAL, openids)
        if envelope is not None:
            self._assign(Channel.OFFICIAL, [letter.push.id], {letter.push.id: template.id}, with_consent=False)
            self.envelopes.append(envelope)
        return True

    def _by_text(self, letters: list[Letter]) -> list[Letter]:
        """Those that do not go by text message: not allowed, no phone with consent, or enough for today."""
        wanted = [letter for letter in letters if self._may_text(letter)]
        if not wanted:
            return letters
        phones = self._phones(wanted)
        ready = [letter for letter in wanted if letter.push.id in phones and not self._rests(letter, Channel.SMS)]
        resting = {letter.push.id for letter in wanted if letter.push.id in phones} - {one.push.id for one in ready}
        allowed: set[str] = set()
        for district_id in dict.fromkeys(letter.push.district_id for letter in ready):
            allowed |= self._allow(district_id, [letter for letter in ready if letter.push.district_id == district_id])
        for letter in ready:
            if letter.push.id in allowed:
                self._text(letter, phones)
        done = allowed | {push_id for push_id in resting if any(push_id in ids for ids in self._waiting.values())}
        return [letter for letter in letters if letter.push.id not in done]

    def _may_text(self, letter: Letter) -> bool:
        may = self._doors.texts and letter.open_to(Channel.SMS) is not None
        return may and letter.messages.may_text(letter.purpose)

    def _phones(self, letters: Sequence[Letter]) -> dict[str, str]:
        """Push → phone: the one given with the issue to be called on, else the account's own."""
        of_issue = issue_phones(self._session, {letter.push.issue_id for letter in letters if letter.push.issue_id})
        own = contact_phones(self._session, {letter.push.account_id for letter in letters})
        found = {}
        for letter in letters:
            push = letter.push
            phone = of_issue.get((push.issue_id, push.account_id)) or own.get(push.account_id)
            if phone:
                found[push.id] = phone
        return found

    def _allow(self, district_id: str | None, letters: Sequence[Letter]) -> set[str]:
        values = letters[0].messages.values
        wanted = [(letter.push.id, district_id or "", letter.push.account_id) for letter in letters]
        limits = {"per_day": values["push.sms_per_day"], "per_person": values["push.sms_per_person"]}
        return texts.allow(self._session, wanted, now=self._now, **limits)

    def _text(self, letter: Letter, phones: dict[str, str]) -> None:
        template = letter.messages.sms
        if template is None:
            return
        values = render_sms(template, replace(self._facts(letter), link=self._doors.link))
        push = letter.push
        self._assign(Channel.SMS, [push.id], {push.id: template.id}, with_consent=False)
        carries = tuple(one.id for one in letter.carries)
        self.envelopes.append(
            Envelope(push.id, Channel.SMS, phones[push.id], template.id, "", {}, values, push.attempts + 1, carries)
        )

    def _envelope(
        self, letter: Letter, template: Template, channel: Channel, openids: dict[str, str]
    ) -> Envelope | None:
        """None where a field cannot be filled: that push ends here as invalid, by name of the field."""
        push = letter.push
        try:
            data = render(template, self._facts(letter))
        except InvalidField as fault:
            self._ended[INVALID, f"{letter.purpose.value}.{channel.value} {fault}"].extend(letter.ids)
            return None
        opens = page(push.issue_id, digest=bool(letter.carries), key=push.dedupe_key, kind=push.kind)
        carries = tuple(one.id for one in letter.carries)
        to = openids[push.account_id]
        attempt, lasts = push.attempts + 1, template.long_term
        return Envelope(push.id, channel, to, template.id, opens, data, (), attempt, carries, lasts)

    def _facts(self, letter: Letter) -> Facts:
        push = letter.push
        if letter.carries:
            count = len(letter.ids)
            title, hint = wording.filled(letter.messages.values, "digest", count=count)
            return Facts(Kind.TASK, title, hint, str(count), self._now, count)
        hint = push.body.rpartition(f"{push.reference}。")[2]
        return Facts(push.kind, push.title, hint, push.reference or push.id[:12], push.due_at or push.created_at)

    def _end_without(self, letter: Letter) -> None:
        """No way out is left: the inbox entry is the notice (domain fact 12); one that rests is waited for."""
        if letter.waits is not None:
            self._waiting[letter.waits].extend(letter.ids)
            return
        if letter.carries:  # no template or no consent for digests: each goes by itself
            claims.next_channel(self._session, letter.ids, DIGEST, now=self._now, error="no way for a digest")
            return
        if letter.tried - {DIGEST}:
            state, error = REFUSED, None
        elif letter.push.account_id in self._openids[MINIPROGRAM_PROVIDER]:
            state, error = NO_CONSENT, None
        else:
            state, error = NO_CHANNEL, None
        self._ended[state, error].extend(letter.ids)

    def _write(self) -> None:
        for (state, error), ids in self._ended.items():
            claims.close(self._session, ids, state, now=self._now, error=error)
        for until, ids in self._waiting.items():
            claims.postpone(self._session, ids, until)
