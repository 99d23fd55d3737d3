// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore
import TrustPolicy

@Suite("Publishers that were seen before")
struct PublisherLockTests {
    private typealias Sample = AttestationSamples
    private static let first = Digest.of([1])
    private static let now = Timestamp(seconds: 1_700_000_000)

    private static func lock() throws -> (PublisherLock, ArchiveFileName, ChannelURL) {
        var lock = PublisherLock()
        let file = try ArchiveFileName("flask-1.0-0.conda")
        let channel = try ChannelURL(Sample.channel)
        let attestations = [
            Sample.github(), Sample.github(workflow: "again.yml"), Sample.person("a@example.org"),
        ]
        #expect(
            Self.changed(&lock) { $0.record(attestations, of: file, first, in: channel, now: now) } == true
        )
        return (lock, file, channel)
    }

    private static func changed(_ lock: inout PublisherLock, _ body: (inout PublisherLock) -> Bool) -> Bool {
        body(&lock)
    }

    @Test("What was seen first stays, and is of its channel only")
    func recordsOnce() throws {
        var (lock, file, channel) = try Self.lock()
        let before = lock
        let mallory = [Sample.github("mallory/x", id: "6")]
        #expect(
            Self.changed(&lock) { $0.record(mallory, of: file, Self.first, in: channel, now: Self.now) }
                == false
        )
        #expect(lock == before)
        let sighting = try #require(lock.sighting(of: file.name, in: channel))
        #expect(sighting.publishers.map(\.value) == ["https://github.com/pallets/flask", "a@example.org"])
        #expect(sighting.firstSeen == Self.now && sighting.file == file.text && sighting.digest == Self.first)
        let other = try ChannelURL(Sample.channel + "2")
        #expect(lock.sighting(of: file.name, in: other) == nil)
        #expect(
            Self.changed(&lock) { $0.record([], of: file, Self.first, in: other, now: Self.now) } == false
        )
        let slsa = Sample.github(predicate: "https://slsa.dev/provenance/v1")
        #expect(
            Self.changed(&lock) { $0.record([slsa], of: file, Self.first, in: other, now: Self.now) } == false
        )
        #expect(
            Self.changed(&lock) { $0.record(mallory, of: file, Self.first, in: other, now: Self.now) } == true
        )
        #expect(lock.sightings.count == 2)
    }

    @Test(
        "By the user's word a change and a file without attestation are accepted, and a package is forgotten"
    )
    func accepts() throws {
        var (lock, file, channel) = try Self.lock()
        let heir = PublisherIdentity(Sample.github("pocoo/flask", id: "7", owner: "77"))
        func compare(_ identities: [PublisherIdentity], _ digest: Digest) -> KnownPublishers.Comparison {
            KnownPublishers(lock.sighting(of: file.name, in: channel)).comparison(identities, digest)
        }
        #expect(compare([heir], Self.first) == .changed)
        #expect(Self.accept(heir, of: file.name, in: channel, &lock) == .accepted)
        #expect(compare([heir], Self.first) == .same)
        #expect(compare([], Self.first) == .disappeared)
        #expect(Self.changed(&lock) { $0.accept(without: Self.first, of: file.name, in: channel) } == true)
        #expect(compare([], Self.first) == .accepted && compare([], Digest.of([2])) == .disappeared)
        let other = try PackageName("other")
        #expect(Self.accept(heir, of: other, in: channel, &lock) == .neverSeen)
        #expect(Self.changed(&lock) { $0.forget(other, in: channel) } == false)
        #expect(Self.changed(&lock) { $0.forget(file.name, in: channel) } == true)
        #expect(compare([heir], Self.first) == .firstSight && compare([], Self.first) == .nobody)
    }

    private static func accept(
        _ identity: PublisherIdentity,
        of package: PackageName,
        in channel: ChannelURL,
        _ lock: inout PublisherLock
    ) -> PublisherLock.Acceptance { lock.accept(identity, of: package, in: channel) }

    @Test(
        "One of several who were seen first is enough alone when the user says so, by the numbers that were seen"
    )
    func acceptsOneOfSeveral() throws {
        var (lock, file, channel) = try Self.lock()
        func compare(_ attestations: [Attestation]) -> KnownPublishers.Comparison {
            KnownPublishers(lock.sighting(of: file.name, in: channel))
                .comparison(attestations.map(PublisherIdentity.init), Self.first)
        }
        let person = PublisherIdentity(Sample.person("a@example.org"))
        #expect(compare([Sample.github()]) == .incomplete([person]))
        let named = PublisherIdentity(
            .uri,
            "https://github.com/pallets/flask",
            issuer: BuildService.githubIssuer
        )
        for _ in 0..<2 { #expect(Self.accept(named, of: file.name, in: channel, &lock) == .accepted) }
        let sighting = try #require(lock.sighting(of: file.name, in: channel))
        #expect(sighting.publishers.count == 2 && sighting.accepted == [PublisherIdentity(Sample.github())])
        #expect(compare([Sample.github()]) == .same)
        #expect(compare([Sample.github(id: "101")]) == .changed)
        #expect(
            compare([Sample.person("a@example.org")]) == .incomplete([PublisherIdentity(Sample.github())])
        )
    }

    @Test("No more publishers are accepted than a lock may have")
    func tooMany() throws {
        var (lock, file, channel) = try Self.lock()
        for number in 0..<PublisherLock.maximumPublishers {
            let key = PublisherIdentity(Sample.key(UInt8(number)))
            #expect(Self.accept(key, of: file.name, in: channel, &lock) == .accepted)
        }
        let full = lock
        #expect(
            Self.accept(PublisherIdentity(Sample.key(200)), of: file.name, in: channel, &lock) == .tooMany
        )
        #expect(lock == full)
        #expect(try PublisherLock(json: JSONWriter.encode(lock.json)) == lock)
    }

    @Test("A lock of the first form is read with its meaning: each publisher in it is enough alone")
    func firstForm() throws {
        let text = """
            {"schema":1,"channels":[{"channel":"\(Sample.channel)","packages":[{"name":"flask","publishers":\
            [{"kind":"email","identity":"a@x","issuer":"i"},{"kind":"email","identity":"b@x","issuer":"i"}],\
            "first_seen":"2026-01-01T00:00:00Z","file":"flask-1.0-0.conda","sha256":"\(Self.first.hex)"}]}]}
            """
        let lock = try PublisherLock(json: Array(text.utf8))
        let known = KnownPublishers(
            lock.sighting(of: try PackageName("flask"), in: try ChannelURL(Sample.channel))
        )
        for name in ["a@x", "b@x"] {
            #expect(known.comparison([PublisherIdentity(.email, name, issuer: "i")], Self.first) == .same)
        }
        #expect(known.comparison([PublisherIdentity(.email, "c@x", issuer: "i")], Self.first) == .changed)
        #expect(try PublisherLock(json: JSONWriter.encode(lock.json)) == lock)
    }

    @Test("A lock is read as it was written")
    func roundTrip() throws {
        var (lock, file, channel) = try Self.lock()
        _ = lock.accept(PublisherIdentity(Sample.key(7)), of: file.name, in: channel)
        _ = lock.accept(without: Self.first, of: file.name, in: channel)
        let bytes = JSONWriter.encode(lock.json, .indented)
        #expect(try PublisherLock(json: bytes) == lock)
        #expect(try PublisherLock(json: JSONWriter.encode(PublisherLock().json)) == PublisherLock())
    }

    @Test(
        "A lock that is damaged is refused, and never read as an empty one",
        arguments: [
            "", "{}", "[]", #"{"schema":3,"channels":[]}"#, #"{"schema":0,"channels":[]}"#, #"{"schema":1}"#,
            #"{"schema":1,"channels":[{"channel":"x","packages":[]}]}"#,
            #"{"schema":1,"channels":[{"channel":"https://a/b","packages":[]},{"channel":"https://a/b","packages":[]}]}"#,
            #"{"schema":1,"channels":[{"channel":"https://a/b","packages":[{"name":"a"}]}]}"#,
            #"{"schema":1,"channels":[{"channel":"https://a/b","packages":[{"name":"a","publishers":[],"first_seen":"2026-01-01T00:00:00Z","file":"a-1-0.conda","sha256":"00"}]}]}"#,
        ]
    )
    func damaged(text: String) { #expect(throws: Refusal.self) { try PublisherLock(json: Array(text.utf8)) } }

    @Test("Two identities are one by their numbers where both have them, and by the name where not")
    func sameness() {
        let base = PublisherIdentity(Sample.github())
        for (attestation, isSame) in [
            (Sample.github("Pallets/Flask"), true), (Sample.github("x/y"), true),
            (Sample.github(id: "101"), false),
            (Sample.github(owner: "11"), false), (Sample.github(id: nil), true),
            (Sample.github("x/y", id: nil), false),
            (Sample.github(issuer: "https://token.example.org"), false), (Sample.github(issuer: nil), false),
            (Sample.person("https://github.com/pallets/flask"), false),
        ] {
            let other = PublisherIdentity(attestation)
            #expect(base.isSame(as: other) == isSame && other.isSame(as: base) == isSame)
        }
    }
}
