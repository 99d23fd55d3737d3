// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore
import TrustPolicy

@Suite("Rules about publishers")
struct PublisherRuleTests {
    private typealias Sample = AttestationSamples

    private static func codes(_ evidence: Evidence) -> [PolicyCode] {
        Policy.standard.verdict(on: evidence).objections.compactMap(\.code)
    }

    @Test("A channel about which nobody says anything is as it was, whatever is attested")
    func unchanged() {
        for attestations in [[], [Sample.github("mallory/x")]] {
            let evidence = EvidenceSamples.good {
                $0.attestations = attestations
                $0.record = Sample.record(promised: true)
            }
            let verdict = Policy.standard.verdict(on: evidence)
            #expect(verdict.isAllowed && verdict.voucher == .onlineKey(role: "linux-64"))
            #expect(verdict.findings.suffix(3).allSatisfy { $0.outcome == .notApplicable })
        }
    }

    @Test("An allowed publisher passes, and the verdict says who it is, and which demand allows it")
    func allowed() throws {
        let entry = try Sample.entry([try Sample.publisher()])
        let verdict = Policy.standard.verdict(on: Sample.evidence(owner: entry, [Sample.github()]))
        #expect(verdict.isAllowed)
        let reason = try #require(verdict.findings.first { $0.rule == "publisher" }).reason
        for word in [
            "the channel's owner for `*`", "https://github.com/pallets/flask", "repository number 100",
            BuildService.githubIssuer,
        ] {
            #expect(reason.contains(word), "\(reason)")
        }
        guard case .publishers(let names, 1, "linux-64")? = verdict.voucher else {
            Issue.record("\(String(describing: verdict.voucher))")
            return
        }
        #expect(names.count == 1 && names[0].hasPrefix("https://github.com/pallets/flask"))
    }

    @Test("A stripped attestation is refused, wherever it was stripped")
    func stripped() throws {
        let owner = try Sample.entry([try Sample.publisher()])
        // From the index too: what is demanded is not there.
        #expect(Self.codes(Sample.evidence(owner: owner, [])) == [.attestationMissing])
        // From the sidecar's place only: the index promises it.
        let promised = Sample.evidence(owner: owner, []) { $0.record = Sample.record(promised: true) }
        #expect(Self.codes(promised) == [.attestationStripped])
        let gone = Sample.evidence(owner: owner, []) {
            $0.record = Sample.record(promised: true)
            $0.sidecar = .unavailable(code: "sidecar.missing", reason: "404")
        }
        #expect(Self.codes(gone) == [.attestationStripped])
        let broken = Sample.evidence(owner: owner, []) {
            $0.sidecar = .read
            $0.unverifiedAttestations = [
                UnverifiedAttestation(position: 0, code: "log.inclusion", reason: "not in the log")
            ]
        }
        #expect(Self.codes(broken) == [.attestationInvalid])
        // Another sort of statement is not the producer's word (CVE-2022-35929).
        let other = Sample.evidence(
            owner: owner,
            [Sample.github(predicate: "https://slsa.dev/provenance/v1")]
        )
        #expect(Self.codes(other) == [.attestationMissing])
    }

    @Test("[70] One good attestation is enough, whatever stands beside it, and bad ones alone are none")
    func beside() throws {
        let owner = try Sample.entry([try Sample.publisher()])
        let bad = [0, 2].map { UnverifiedAttestation(position: $0, code: "x.y", reason: "bad") }
        let stranger = Sample.github("mallory/x", id: "6", owner: "66")
        for good in [[Sample.github()], [stranger, Sample.github()], [Sample.github(), stranger]] {
            let evidence = Sample.evidence(owner: owner, good) { $0.unverifiedAttestations = bad }
            #expect(Self.codes(evidence).isEmpty)
        }
        let none = Sample.evidence(owner: owner, []) {
            $0.sidecar = .read
            $0.unverifiedAttestations = bad
        }
        #expect(Self.codes(none) == [.attestationInvalid])
    }

    @Test("Only a signed date exempts from a demand that has a beginning")
    func requiredSince() throws {
        let since = Timestamp(seconds: 1_000)
        let owner = try Sample.entry([try Sample.publisher()], .listed(before: since))
        func codes(_ indexed: Int64?, _ change: (inout Evidence) -> Void = { _ in }) -> [PolicyCode] {
            Self.codes(
                Sample.evidence(owner: owner, []) {
                    $0.record = Sample.record(indexed: indexed.map { Timestamp(seconds: $0) })
                    change(&$0)
                }
            )
        }
        #expect(codes(999) == [])
        #expect(codes(1_000) == [.attestationMissing])
        #expect(codes(nil) == [.attestationMissing])
        // Nobody signed the index: nobody vouches for its date.
        #expect(codes(999) { $0.index = nil } == [.indexUnsigned, .attestationMissing])
        #expect(codes(999) { $0.pin = nil } == [.indexUnsigned, .attestationMissing])
    }

    @Test("An exception by digest is for those bytes, however old the index says they are")
    func exceptions() throws {
        let old = Timestamp(seconds: 1)
        for (digest, expected) in [
            (EvidenceSamples.right, []), (EvidenceSamples.wrong, [PolicyCode.attestationMissing]),
        ] {
            let owner = try Sample.entry([try Sample.publisher()], .digests([digest]))
            let evidence = Sample.evidence(owner: owner, []) { $0.record = Sample.record(indexed: old) }
            #expect(Self.codes(evidence) == expected)
        }
    }

    @Test("[64] An attestation for another channel does not count, and one for no channel in particular does")
    func targetChannel() throws {
        let publisher = try Sample.publisher()
        let owner = try Sample.entry([publisher])
        let other = "https://conda.example.org/test"
        #expect(Self.codes(Sample.evidence(owner: owner, [Sample.github(target: other)])) == [.otherChannel])
        #expect(Self.codes(Sample.evidence(owner: owner, [Sample.github(target: nil)])) == [])
        #expect(
            Self.codes(Sample.evidence(owner: owner, [Sample.github(target: "no URL")])) == [.otherChannel]
        )
        for (target, isSame) in [
            ("HTTPS://Conda.Example.org:443/main", true), ("https://conda.example.org/main2", false),
            ("https://conda.example.org/main/x", false), ("http://conda.example.org/main", false),
        ] {
            let codes = Self.codes(Sample.evidence(owner: owner, [Sample.github(target: target)]))
            #expect(codes.isEmpty == isSame, "\(target)")
        }
        let both = try Sample.entry([publisher], targets: [try ChannelURL(other)])
        #expect(Self.codes(Sample.evidence(owner: both, [Sample.github(target: other)])) == [])
    }

    @Test("[52] X of N counts different publishers, whoever attests how often")
    func threshold() throws {
        let flask = try Sample.publisher()
        let released = try Sample.publisher { $0.workflow = "release.yml" }
        let person = Publisher(.identity(.email, "a@example.org", issuer: "https://accounts.example.org"))
        let key = Publisher(.key(Digest.of([1])))
        let entry = try Sample.entry([flask, released, person, key], threshold: 2)
        let one: [[Attestation]] = [
            [Sample.github()], [Sample.github(), Sample.github()],
            // One repository that fits two publishers, by two workflows.
            [Sample.github(), Sample.github(workflow: "other.yml")],
            // One person under two of nobody's names.
            [Sample.person("a@example.org"), Sample.person("b@example.org")],
            // One repository before and after it was renamed.
            [Sample.github("Pallets/Flask"), Sample.github()],
        ]
        for attestations in one {
            #expect(Self.codes(Sample.evidence(owner: entry, attestations)) == [.tooFewPublishers])
        }
        let two: [[Attestation]] = [
            [Sample.github(), Sample.person("a@example.org")],
            [Sample.key(1), Sample.person("a@example.org")],
            [Sample.github("mallory/x"), Sample.key(1), Sample.github()],
        ]
        for attestations in two { #expect(Self.codes(Sample.evidence(owner: entry, attestations)) == []) }
    }

    @Test("[52] Two signers and two publishers are paired as well as they can be")
    func pairing() throws {
        // The first fits both publishers, the second the first only: taken in order, one would be left over.
        let any = try Sample.publisher("pallets/*")
        let click = try Sample.publisher("pallets/click")
        let entry = try Sample.entry([any, click], threshold: 2)
        let attestations = [
            Sample.github("pallets/click", id: "1"), Sample.github("pallets/flask", id: "2"),
        ]
        #expect(Self.codes(Sample.evidence(owner: entry, attestations)) == [])
        #expect(Self.codes(Sample.evidence(owner: entry, attestations.reversed())) == [])
        // Neither is click: one publisher for two signers.
        let others = [Sample.github("pallets/a", id: "3"), Sample.github("pallets/b", id: "4")]
        #expect(Self.codes(Sample.evidence(owner: entry, others)) == [.tooFewPublishers])
    }

    @Test("Of several publishers the nearest is told, and how many there are")
    func nearest() throws {
        let key = Publisher(.key(Digest.of([1])))
        let person = Publisher(.identity(.email, "a@example.org", issuer: "https://accounts.example.org"))
        let entry = try Sample.entry([key, person, try Sample.publisher()])
        let verdict = Policy.standard.verdict(
            on: Sample.evidence(owner: entry, [Sample.github("a/b", id: "7")])
        )
        let reason = try #require(verdict.objections.first).reason
        #expect(
            reason
                == "the channel's owner for `*` does not allow it: the repository: expected `https://github.com/pallets/flask`, found `https://github.com/a/b` (the nearest of 3 publishers)"
        )
    }

    @Test("The user narrows what the owner signed, and never widens it")
    func combination() throws {
        let flask = try Sample.entry([try Sample.publisher()])
        let strict = try Sample.entry([try Sample.publisher { $0.workflow = "release.yml" }])
        let other = try Sample.entry([try Sample.publisher("mallory/x")])
        let test = Sample.github(workflow: "test.yml")
        #expect(Self.codes(Sample.evidence(owner: flask, [test])) == [])
        #expect(Self.codes(Sample.evidence(owner: flask, user: strict, [test])) == [.otherClaim])
        #expect(Self.codes(Sample.evidence(owner: strict, user: flask, [test])) == [.otherClaim])
        // Allowed by the user only.
        let mallory = Sample.github("mallory/x", id: "6", owner: "66")
        #expect(Self.codes(Sample.evidence(owner: flask, user: other, [mallory])) == [.otherIdentity])
        // Each demand may be met by another attestation.
        #expect(Self.codes(Sample.evidence(owner: flask, user: other, [mallory, Sample.github()])) == [])
        // A warning of the user's is no warning of the owner's.
        #expect(
            Self.codes(Sample.evidence(owner: flask, user: flask, mode: .warn, [])) == [.attestationMissing]
        )
        // Nor does the user's exception except from the owner's demand.
        let lenient = try Sample.entry([try Sample.publisher()], .digests([EvidenceSamples.right]))
        #expect(Self.codes(Sample.evidence(owner: flask, user: lenient, [])) == [.attestationMissing])
    }

    @Test("Where the user wants a warning only, it passes, with the code")
    func warnings() throws {
        let flask = try Sample.entry([try Sample.publisher()])
        for (attestations, code) in [
            ([], PolicyCode.attestationMissing), ([Sample.github("a/b")], .otherIdentity),
        ] {
            let verdict = Policy.standard.verdict(on: Sample.evidence(user: flask, mode: .warn, attestations))
            #expect(verdict.isAllowed && verdict.warnings.map(\.code) == [code])
            #expect(verdict.warnings.map(\.kind) == [nil])
            #expect(verdict.voucher == .onlineKey(role: "linux-64"))
        }
    }

    @Test("Trust on first use: the first is believed, the same passes, a change and a disappearance do not")
    func firstUse() throws {
        let none = KnownPublishers(nil)
        let known = try Sample.known([Sample.github()])
        func codes(_ known: KnownPublishers, _ attestations: [Attestation]) -> [PolicyCode] {
            Self.codes(Sample.evidence(known: known, attestations))
        }
        #expect(codes(none, []) == [])
        #expect(codes(none, [Sample.github()]) == [])
        #expect(codes(known, [Sample.github()]) == [])
        #expect(codes(known, [Sample.github(workflow: "new.yml", ref: "refs/tags/v2")]) == [])
        #expect(codes(known, [Sample.github("pallets/renamed")]) == [])
        #expect(codes(known, [Sample.github("mallory/x", id: "6", owner: "66"), Sample.github()]) == [])
        #expect(codes(known, [Sample.github(id: "101")]) == [.publisherChanged])
        #expect(codes(known, [Sample.github("mallory/flask", owner: "66")]) == [.publisherChanged])
        #expect(codes(known, [Sample.github("mallory/x", id: "6", owner: "66")]) == [.publisherChanged])
        #expect(codes(known, [Sample.github(issuer: "https://token.example.org")]) == [.publisherChanged])
        #expect(codes(known, []) == [.attestationDisappeared])
        #expect(
            codes(known, [Sample.github(target: "https://conda.example.org/x")]) == [.attestationDisappeared]
        )
        let finding = Policy.standard.verdict(on: Sample.evidence(known: none, [Sample.github()])).findings
            .last
        #expect(finding?.reason.hasPrefix("seen for the first time, and so believed") == true)
    }

    @Test("What nobody could find out is said where nothing is demanded, and is not there where something is")
    func unknownSidecar() throws {
        let flask = try Sample.entry([try Sample.publisher()])
        let undemanded = Sample.evidence([]) { $0.sidecar = .unknown(reason: "no answer") }
        let verdict = Policy.standard.verdict(on: undemanded)
        #expect(verdict.isAllowed && verdict.warnings.isEmpty)
        #expect(
            verdict.findings.contains {
                $0.reason.contains("could not find out who attests to it: no answer")
            }
        )
        let demanded = Sample.evidence(owner: flask, []) { $0.sidecar = .unknown(reason: "no answer") }
        #expect(Self.codes(demanded) == [.attestationMissing])
    }

    @Test(
        "Of several publishers of the first file all must be there; whoever else attests never replaces one"
    )
    func firstUseOfSeveral() throws {
        let mallory = Sample.github("mallory/x", id: "6", owner: "66")
        let known = try Sample.known([Sample.github(), mallory])
        let cases: [([Attestation], [PolicyCode])] = [
            ([Sample.github(), mallory], []),
            ([mallory, Sample.key(1), Sample.github("pallets/renamed")], []),
            ([Sample.github()], [.publisherMissing]),
            ([mallory], [.publisherMissing]),
            ([mallory, Sample.github("mallory/y", id: "6", owner: "66")], [.publisherMissing]),
            ([mallory, Sample.github(target: "https://conda.example.org/x")], [.publisherMissing]),
            ([mallory, Sample.github(id: "101")], [.publisherChanged]),
            ([Sample.github(), Sample.key(1)], [.publisherChanged]),
            ([Sample.key(1)], [.publisherChanged]),
            ([], [.attestationDisappeared]),
        ]
        for (attestations, codes) in cases {
            #expect(Self.codes(Sample.evidence(known: known, attestations)) == codes, "\(attestations)")
        }
    }

    @Test("Nobody stands for two of the publishers that were seen, by a name and by a number")
    func oneForTwo() throws {
        // Seen without number; the name was given up since, and the other one took it.
        let known = try Sample.known([
            Sample.github("lab/a", id: nil, owner: nil), Sample.github("lab/b", id: "5"),
        ])
        let renamed = Sample.github("lab/a", id: "5")
        #expect(Self.codes(Sample.evidence(known: known, [renamed])) == [.publisherMissing])
        #expect(Self.codes(Sample.evidence(known: known, [renamed, renamed])) == [.publisherMissing])
    }

    @Test("Who believes the first publisher is not shown none where the index promises one")
    func firstUseStripped() {
        let evidence = Sample.evidence(known: KnownPublishers(nil), []) {
            $0.record = Sample.record(promised: true)
        }
        #expect(Self.codes(evidence) == [.attestationStripped])
    }

    @Test(
        "An owner hands a package on over what was seen before, and an exemption does not hide a disappearance"
    )
    func firstUseIsWeakest() throws {
        let known = try Sample.known([Sample.github()])
        let heir = Sample.github("pocoo/flask", id: "7", owner: "77")
        let owner = try Sample.entry([try Sample.publisher("pocoo/flask")])
        #expect(Self.codes(Sample.evidence(owner: owner, known: known, [heir])) == [])
        let exempt = try Sample.entry([try Sample.publisher()], .listed(before: Timestamp(seconds: 10)))
        let dated = Sample.evidence(owner: exempt, known: known, []) {
            $0.record = Sample.record(indexed: Timestamp(seconds: 1))
        }
        #expect(Self.codes(dated) == [.attestationDisappeared])
    }
}
