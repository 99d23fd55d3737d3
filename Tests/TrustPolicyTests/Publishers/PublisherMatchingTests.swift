// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore
import TrustPolicy

/// A publisher, a signer, and the code of the mismatch; nil if the signer is the publisher.
struct MatchingCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let publisher: Publisher
    let attestation: Attestation
    let code: PolicyCode?

    init(_ situation: String, _ publisher: Publisher, _ attestation: Attestation, _ code: PolicyCode?) {
        testDescription = situation
        self.publisher = publisher
        self.attestation = attestation
        self.code = code
    }
}

@Suite("Who a publisher is")
struct PublisherMatchingTests {
    private typealias Sample = AttestationSamples

    /// Numbers in brackets are those of the list of what must fail, reference 4f.
    static func cases() throws -> [MatchingCase] {
        let flask = try Sample.publisher()
        let numbered = try Sample.publisher {
            $0.repositoryID = "100"
            $0.ownerID = "10"
        }
        let owned = try Sample.publisher { $0.ownerID = "10" }
        let all = try Sample.publisher("pallets/*")
        let strict = try Sample.publisher {
            $0.workflow = "release.yml"
            $0.ref = RefPattern("refs/tags/*")
            $0.claims = [.deploymentEnvironment: "release", .buildTrigger: "push"]
        }
        let lab = try #require(Publisher.gitlab("lab/tools/core"))
        let person = Publisher(
            .identity(.email, "a@example.org", issuer: "https://accounts.example.org")
        )
        let key = Publisher(.key(Digest.of([1])))
        return [
            MatchingCase("the repository", flask, Sample.github(), nil),
            MatchingCase(
                "letters in another case, as GitHub does",
                flask,
                Sample.github("Pallets/FLASK"),
                nil
            ),
            MatchingCase(
                "letters that only Unicode folds",
                flask,
                Sample.github("pallets/flas\u{212A}"),
                .otherIdentity
            ),
            MatchingCase("[35] another repository", flask, Sample.github("mallory/flask"), .otherIdentity),
            MatchingCase(
                "[37] a name that begins so",
                flask,
                Sample.github("pallets/flask-cors"),
                .otherIdentity
            ),
            MatchingCase(
                "[37] a name that ends so",
                flask,
                Sample.github("pallets/my-flask"),
                .otherIdentity
            ),
            MatchingCase("[37] a path below", flask, Sample.github("pallets/flask/x"), .otherIdentity),
            MatchingCase("[37] a path above", flask, Sample.github("x/pallets/flask"), .otherIdentity),
            MatchingCase(
                "a host that begins so",
                flask,
                Sample.github { $0[.sourceRepositoryURI] = "https://github.com.example.org/pallets/flask" },
                .otherIdentity
            ),
            MatchingCase(
                "[36] the right repository by another issuer",
                flask,
                Sample.github(issuer: "https://token.example.org"),
                .otherIssuer
            ),
            MatchingCase("[36] no issuer at all", flask, Sample.github(issuer: nil), .otherIssuer),
            MatchingCase(
                "[36] an issuer that begins so",
                flask,
                Sample.github(issuer: BuildService.githubIssuer + "/x"),
                .otherIssuer
            ),
            MatchingCase(
                "another repository by another issuer: the nearest is told",
                flask,
                Sample.github("mallory/x", issuer: "https://token.example.org"),
                .otherIdentity
            ),
            MatchingCase("[38] any of the owner's repositories", all, Sample.github("pallets/click"), nil),
            MatchingCase(
                "[38] the wildcard crosses no slash",
                all,
                Sample.github("pallets/a/b"),
                .otherIdentity
            ),
            MatchingCase("[38] nor does it end an owner", all, Sample.github("pallets-x/a"), .otherIdentity),
            MatchingCase(
                "[39] no repository claim",
                flask,
                Sample.github { $0[.sourceRepositoryURI] = nil },
                .claimMissing
            ),

            MatchingCase("both numbers", numbered, Sample.github(), nil),
            MatchingCase(
                "a renamed repository with the same numbers",
                numbered,
                Sample.github("pallets/flask-ng"),
                nil
            ),
            MatchingCase(
                "a renamed owner with the same numbers",
                numbered,
                Sample.github("pallets-eco/flask"),
                nil
            ),
            MatchingCase(
                "a name that was registered again",
                numbered,
                Sample.github(id: "101"),
                .otherNumber
            ),
            MatchingCase(
                "an owner's name that was taken",
                numbered,
                Sample.github(owner: "11"),
                .otherNumber
            ),
            MatchingCase(
                "the repository, handed to another owner",
                numbered,
                Sample.github("mallory/flask", owner: "11"),
                .otherNumber
            ),
            MatchingCase(
                "another repository with another number",
                numbered,
                Sample.github("mallory/x", id: "101", owner: "11"),
                .otherIdentity
            ),
            MatchingCase(
                "the numbers by another issuer",
                numbered,
                Sample.github("mallory/x", issuer: "https://token.example.org"),
                .otherIssuer
            ),
            MatchingCase("[39] no number", numbered, Sample.github(id: nil), .claimMissing),
            MatchingCase("a number that only begins so", numbered, Sample.github(id: "1000"), .otherNumber),
            MatchingCase(
                "the owner's number, a renamed owner",
                owned,
                Sample.github("pallets-eco/flask"),
                nil
            ),
            MatchingCase(
                "the owner's number, another repository",
                owned,
                Sample.github("pallets/click"),
                .otherIdentity
            ),
            MatchingCase(
                "the owner's name by another number",
                owned,
                Sample.github(owner: "11"),
                .otherNumber
            ),

            MatchingCase("all conditions", strict, Sample.github(), nil),
            MatchingCase("another workflow", strict, Sample.github(workflow: "test.yml"), .otherClaim),
            MatchingCase(
                "a workflow that ends so",
                strict,
                Sample.github(workflow: "x/release.yml"),
                .otherClaim
            ),
            MatchingCase(
                "a workflow that begins so",
                strict,
                Sample.github(workflow: "release.yml2"),
                .otherClaim
            ),
            MatchingCase(
                "the workflow of another repository",
                strict,
                Sample.github {
                    $0[.buildConfigURI] =
                        "https://github.com/mallory/x/.github/workflows/release.yml@refs/tags/v1"
                },
                .otherClaim
            ),
            MatchingCase(
                "[39] no workflow claim",
                strict,
                Sample.github { $0[.buildConfigURI] = nil },
                .claimMissing
            ),
            MatchingCase(
                "a branch where a tag must be",
                strict,
                Sample.github(ref: "refs/heads/main"),
                .otherClaim
            ),
            MatchingCase(
                "[38] a ref below the wildcard",
                strict,
                Sample.github(ref: "refs/tags/a/b"),
                .otherClaim
            ),
            MatchingCase("[39] no ref", strict, Sample.github(ref: nil), .claimMissing),
            MatchingCase(
                "another environment",
                strict,
                Sample.github { $0[.deploymentEnvironment] = "Release" },
                .otherClaim
            ),
            MatchingCase(
                "[39] no environment",
                strict,
                Sample.github { $0[.deploymentEnvironment] = nil },
                .claimMissing
            ),
            MatchingCase(
                "another trigger",
                strict,
                Sample.github { $0[.buildTrigger] = "pull_request" },
                .otherClaim
            ),

            MatchingCase("a project in groups", lab, gitlab("lab/tools/core"), nil),
            MatchingCase("GitLab's names, as bytes", lab, gitlab("Lab/tools/core"), .otherIdentity),
            MatchingCase("a project of another group", lab, gitlab("lab/core"), .otherIdentity),
            MatchingCase(
                "a server of somebody else",
                lab,
                gitlab("lab/tools/core", issuer: "https://gitlab.example.org"),
                .otherIssuer
            ),

            MatchingCase("a person", person, Sample.person("a@example.org"), nil),
            MatchingCase("[35] another person", person, Sample.person("b@example.org"), .otherIdentity),
            MatchingCase(
                "[35] another case of letters",
                person,
                Sample.person("A@example.org"),
                .otherIdentity
            ),
            MatchingCase(
                "[36] a person by another issuer",
                person,
                Sample.person("a@example.org", issuer: "https://accounts.example.net"),
                .otherIssuer
            ),
            MatchingCase(
                "[35] the same text, but not as an e-mail address",
                person,
                Attestation(
                    targetChannel: nil,
                    signer: Signer(.other, "a@example.org", issuer: "https://accounts.example.org")
                ),
                .otherIdentity
            ),
            MatchingCase(
                "letters that Unicode takes for the same",
                Publisher(.identity(.email, "\u{E9}@example.org", issuer: "https://accounts.example.org")),
                Sample.person("e\u{301}@example.org"),
                .otherIdentity
            ),
            MatchingCase("a key", key, Sample.key(1), nil),
            MatchingCase("another key", key, Sample.key(2), .otherIdentity),
            MatchingCase(
                "a certificate's identity that looks like the key",
                key,
                Attestation(
                    targetChannel: nil,
                    signer: Signer(.other, Digest.of([1]).hex, issuer: "https://accounts.example.org")
                ),
                .otherIdentity
            ),
        ]
    }

    static func gitlab(_ project: String, issuer: String = BuildService.gitlabIssuer) -> Attestation {
        let uri = "https://gitlab.com/\(project)"
        return Attestation(
            targetChannel: nil,
            signer: Signer(.uri, uri + "//.gitlab-ci.yml@refs/heads/main", issuer: issuer),
            claims: [
                .sourceRepositoryURI: uri, .buildConfigURI: uri + "//.gitlab-ci.yml@refs/heads/main",
                .sourceRepositoryRef: "refs/heads/main",
            ]
        )
    }

    @Test("A signer is the publisher, or is not for the reason of the table")
    func matching() throws {
        for example in try Self.cases() {
            let mismatch = example.publisher.mismatch(example.attestation)
            #expect(mismatch?.code == example.code, "\(example.testDescription)")
            // A mismatch says what was expected, and what was found.
            if let mismatch {
                #expect(!mismatch.expected.isEmpty && mismatch.description.contains(", found "))
            }
        }
    }

    @Test("The workflow of a GitLab project is the file behind two slashes")
    func gitlabWorkflow() throws {
        var publisher = try #require(Publisher.gitlab("lab/tools/core"))
        publisher.workflow = ".gitlab-ci.yml"
        #expect(publisher.mismatch(Self.gitlab("lab/tools/core")) == nil)
        publisher.workflow = "ci.yml"
        #expect(publisher.mismatch(Self.gitlab("lab/tools/core"))?.code == .otherClaim)
    }

    @Test("A mismatch names both identities, as users ask for")
    func words() throws {
        let mismatch = try AttestationSamples.publisher().mismatch(
            AttestationSamples.github("pallets/flask-cors")
        )
        #expect(
            mismatch?.description
                == "the repository: expected `https://github.com/pallets/flask`, found `https://github.com/pallets/flask-cors`"
        )
    }

    @Test(
        "Nothing but whole names and whole components is a repository",
        arguments: [
            "pallets", "pallets/", "/flask", "pallets/fl*", "*/flask", "*", "pallets//flask",
            "pallets/../flask",
            "pallets/flask/x", "pallets/fl ask", "pallets/flask@main", "pallets/**", "", "pallets/fl\u{e4}sk",
            "https://github.com/pallets/flask",
        ]
    )
    func badRepositories(text: String) { #expect(Publisher.github(text) == nil) }
}
