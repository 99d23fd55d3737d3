// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer

@Suite("What a publisher demands of a job")
struct JobTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let demand: @Sendable (inout WorkloadDemand) -> Void
        let claims: [String: JSONValue]
        let code: OIDCCode?

        init(
            _ name: String,
            _ code: OIDCCode?,
            _ claims: [String: JSONValue],
            _ demand: @escaping @Sendable (inout WorkloadDemand) -> Void = { _ in }
        ) {
            testDescription = name
            self.code = code
            self.claims = claims
            self.demand = demand
        }
    }

    @Test("Ref, environment and event decide where the publisher says so", arguments: cases)
    func demand(_ example: Case) async throws {
        let scene = try await PublishingScene()
        _ = try await scene.add { example.demand(&$0) }
        #expect(try await scene.code(claims: example.claims) == example.code?.rawValue)
    }

    static let cases: [Case] = [
        Case("any ref", nil, ["ref": "refs/heads/whatever"]),
        Case("a tag", nil, ["ref": "refs/tags/v1"]) { $0.ref = RefPattern("refs/tags/*") },
        Case("a branch for a tag", .ref, ["ref": "refs/heads/v1"]) { $0.ref = RefPattern("refs/tags/*") },
        Case("a branch that is called like a tag", .ref, ["ref": "refs/heads/refs/tags/v1"]) {
            $0.ref = RefPattern("refs/tags/*")
        },
        Case("a tag below another", .ref, ["ref": "refs/tags/v1/x"]) { $0.ref = RefPattern("refs/tags/*") },
        Case("a branch whose name begins the same", .ref, ["ref": "refs/heads/main2"]) {
            $0.ref = RefPattern("refs/heads/main")
        },
        Case("no environment is asked for", nil, ["environment": "anything"]),
        Case("the environment", nil, ["environment": "release"]) { $0.environment = "release" },
        Case("the environment in other letters", nil, ["environment": "Release"]) {
            $0.environment = "release"
        },
        Case("another environment", .environment, ["environment": "test"]) { $0.environment = "release" },
        Case("no environment", .environment, ["environment": .null]) { $0.environment = "release" },
        Case("a pull request", .event, ["event_name": "pull_request"]),
        Case("a pull request's target", .event, ["event_name": "pull_request_target"]),
        Case("a review", .event, ["event_name": "pull_request_review"]),
        Case("a comment on a review", .event, ["event_name": "pull_request_review_comment"]),
        Case("what follows another workflow", .event, ["event_name": "workflow_run"]),
        Case("a pull request that is allowed", nil, ["event_name": "pull_request"]) {
            $0.allowsPullRequests = true
        },
        Case("names in other letters", nil, [:]) { $0.repository = "Example/Widget" },
        // The nearest reason is told, and only to a job of the repository.
        Case("branch and environment", .ref, ["ref": "refs/heads/x", "environment": "test"]) {
            $0.ref = RefPattern("refs/tags/*")
            $0.environment = "release"
        },
        Case("a stranger's branch", .noPublisher, ["ref": "refs/heads/x", "repository_id": "5"]) {
            $0.ref = RefPattern("refs/tags/*")
        },
    ]

    @Test("A stranger is told the same whether there are publishers or not")
    func stranger() async throws {
        let (without, with) = (try await PublishingScene(), try await PublishingScene.published())
        let claims: [String: JSONValue] = ["repository_id": "5"]
        let answers = try await [without, with].asyncMap { scene in
            try await scene.send(scene.issuer.token(scene.claims(claims)))
        }
        let bodies = try answers.map { answer in
            var object = try #require(
                JSONReader.read(Array(answer.body.readableBytesView), of: "answer").object
            )
            object["request_id"] = nil
            return object
        }
        #expect(bodies[0] == bodies[1])
        #expect(answers.map(\.status) == [.forbidden, .forbidden])
    }

    @Test("GitLab's jobs are known by project, namespace, file, branch or tag", arguments: gitlabCases)
    func gitlab(_ name: String, _ changes: [String: JSONValue], _ code: OIDCCode?) async throws {
        let url = "https://gitlab.example.org:8443"
        let issuers = try TokenIssuers(
            json: Array(#"{"schema":1,"issuers":[{"issuer":"\#(url)","kind":"gitlab"}]}"#.utf8)
        )
        let scene = try await PublishingScene(issuers, issuer: url)
        _ = try await scene.add {
            $0 = WorkloadDemand(
                issuer: url,
                repository: "group/sub/widget",
                repositoryID: "11",
                ownerID: "22",
                workflow: ".gitlab-ci.yml",
                environment: "release",
                ref: RefPattern("refs/heads/main")
            )
        }
        var claims: [String: JSONValue] = [
            "iss": .string(url), "project_path": "group/sub/widget", "project_id": "11",
            "namespace_path": "group/sub", "namespace_id": "22", "ref": "main", "ref_type": "branch",
            "ci_config_ref_uri": "gitlab.example.org:8443/group/sub/widget//.gitlab-ci.yml@refs/heads/main",
            "pipeline_source": "push", "environment": "release",
        ]
        for (name, value) in changes { claims[name] = value }
        #expect(try await scene.code(claims: claims) == code?.rawValue)
    }

    static let gitlabCases: [(String, [String: JSONValue], OIDCCode?)] = [
        ("the job", [:], nil),
        ("a number as a number", ["project_id": 11], nil),
        ("another project's number", ["project_id": "12"], .noPublisher),
        ("another namespace's number", ["namespace_id": "23"], .noPublisher),
        ("a tag of the branch's name", ["ref_type": "tag"], .ref),
        ("another sort of ref", ["ref_type": "note"], .claim),
        ("a merge request", ["pipeline_source": "merge_request_event"], .event),
        ("another environment", ["environment": "test"], .environment),
        (
            "another project's file",
            ["ci_config_ref_uri": "gitlab.example.org:8443/evil/ci//.gitlab-ci.yml@refs/heads/main"],
            .reusableWorkflow
        ),
        (
            "another file",
            [
                "ci_config_ref_uri":
                    "gitlab.example.org:8443/group/sub/widget//x/.gitlab-ci.yml@refs/heads/main"
            ],
            .workflow
        ),
        ("no source", ["pipeline_source": .null], .claim),
        ("no file", ["ci_config_ref_uri": .null], .claim),
    ]

    @Test("Other issuers' jobs are known by the subject, or by claims that the operator names")
    func mapped() async throws {
        let url = "https://ci.example.org"
        let text = """
            {"schema": 1, "audiences": ["conda"], "issuers": [{"issuer": "\(url)", "kind": "other",
            "claims": {"repository": "slug", "repository_id": "repo", "ref": "git_ref"}}]}
            """
        let scene = try await PublishingScene(try TokenIssuers(json: Array(text.utf8)), issuer: url)
        _ = try await scene.add {
            $0 = WorkloadDemand(issuer: url, repositoryID: "r-7", ref: RefPattern("refs/tags/"))
        }
        _ = try await scene.add(["other"]) { $0 = WorkloadDemand(issuer: url, subject: "job:9") }
        let own: [String: JSONValue] = ["iss": .string(url), "aud": "conda"]
        func code(_ claims: [String: JSONValue]) async throws -> String? {
            try await scene.code(claims: own.merging(claims) { _, new in new })
        }
        #expect(try await code(["sub": "job:1", "repo": "r-7", "git_ref": "refs/tags/v1"]) == nil)
        #expect(try await code(["sub": "job:9"]) == nil)
        #expect(try await code(["sub": "job:1", "repo": "r-7", "git_ref": "refs/heads/v1"]) == "oidc.ref")
        #expect(try await code(["sub": "job:1", "repo": "r-8"]) == "oidc.no-publisher")
        #expect(try await code(["sub": "job:90"]) == "oidc.no-publisher")
        // GitHub's claims say nothing here.
        #expect(try await code(["sub": "job:1", "repository_id": "r-7"]) == "oidc.no-publisher")
    }
}

extension Array {
    fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}
