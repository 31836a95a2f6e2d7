-- CreateTable
CREATE TABLE "accounts" (
    "id" SERIAL NOT NULL,
    "parent_id" INTEGER,
    "name" TEXT NOT NULL,
    "slack_team_id" TEXT,
    "timezone" TEXT NOT NULL DEFAULT 'UTC',
    "default_channel" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "scopes" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "visibility" TEXT NOT NULL DEFAULT 'public',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "scopes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "services" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "scope_id" INTEGER,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "status" TEXT NOT NULL DEFAULT 'up',
    "visibility" TEXT NOT NULL DEFAULT 'public',
    "owners" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "services_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "checks" (
    "id" TEXT NOT NULL,
    "account_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "provider" TEXT NOT NULL DEFAULT 'builtin',
    "external_id" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "checks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "service_checks" (
    "account_id" INTEGER NOT NULL,
    "service_id" INTEGER NOT NULL,
    "check_id" TEXT NOT NULL,

    CONSTRAINT "service_checks_pkey" PRIMARY KEY ("service_id","check_id")
);

-- CreateTable
CREATE TABLE "maintenances" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "visibility" TEXT NOT NULL DEFAULT 'public',
    "status" TEXT NOT NULL DEFAULT 'scheduled',
    "missed" BOOLEAN NOT NULL DEFAULT false,
    "scope_id" INTEGER,
    "service_status" TEXT NOT NULL DEFAULT 'down',
    "timezone" TEXT NOT NULL,
    "scheduled_start_date" TIMESTAMPTZ(3) NOT NULL,
    "scheduled_end_date" TIMESTAMPTZ(3) NOT NULL,
    "start_date" TIMESTAMPTZ(3),
    "end_date" TIMESTAMPTZ(3),
    "next_due_at" TIMESTAMPTZ(3),
    "names_checks" BOOLEAN NOT NULL DEFAULT false,
    "external_reference" TEXT,
    "external_link" TEXT,
    "owner_id" TEXT NOT NULL,
    "owner_name" TEXT NOT NULL,
    "series_id" INTEGER,
    "occurrence" TIMESTAMPTZ(3),
    "creation_date" TIMESTAMPTZ(3) NOT NULL,
    "update_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "maintenances_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "maintenance_services" (
    "account_id" INTEGER NOT NULL,
    "maintenance_id" INTEGER NOT NULL,
    "service_id" INTEGER NOT NULL,

    CONSTRAINT "maintenance_services_pkey" PRIMARY KEY ("maintenance_id","service_id")
);

-- CreateTable
CREATE TABLE "maintenance_checks" (
    "account_id" INTEGER NOT NULL,
    "maintenance_id" INTEGER NOT NULL,
    "check_id" TEXT NOT NULL,

    CONSTRAINT "maintenance_checks_pkey" PRIMARY KEY ("maintenance_id","check_id")
);

-- CreateTable
CREATE TABLE "series" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "visibility" TEXT NOT NULL DEFAULT 'public',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "cron" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "duration_minutes" INTEGER NOT NULL,
    "scope_id" INTEGER,
    "service_status" TEXT NOT NULL DEFAULT 'down',
    "names_checks" BOOLEAN NOT NULL DEFAULT false,
    "owner_id" TEXT NOT NULL,
    "owner_name" TEXT NOT NULL,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,
    "update_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "series_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "series_services" (
    "account_id" INTEGER NOT NULL,
    "series_id" INTEGER NOT NULL,
    "service_id" INTEGER NOT NULL,

    CONSTRAINT "series_services_pkey" PRIMARY KEY ("series_id","service_id")
);

-- CreateTable
CREATE TABLE "series_checks" (
    "account_id" INTEGER NOT NULL,
    "series_id" INTEGER NOT NULL,
    "check_id" TEXT NOT NULL,

    CONSTRAINT "series_checks_pkey" PRIMARY KEY ("series_id","check_id")
);

-- CreateTable
CREATE TABLE "holds" (
    "account_id" INTEGER NOT NULL,
    "check_id" TEXT NOT NULL,
    "maintenance_id" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL DEFAULT 'pending',
    "held_at" TIMESTAMPTZ(3) NOT NULL,
    "intended_at" TIMESTAMPTZ(3),
    "decided_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "released_at" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "holds_pkey" PRIMARY KEY ("check_id","maintenance_id")
);

-- CreateTable
CREATE TABLE "comments" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "maintenance_id" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "internal" BOOLEAN NOT NULL DEFAULT false,
    "author_id" TEXT NOT NULL,
    "author_name" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "comments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "announcements" (
    "id" UUID NOT NULL,
    "account_id" INTEGER NOT NULL,
    "maintenance_id" INTEGER NOT NULL,
    "channel" TEXT NOT NULL,
    "audience" TEXT NOT NULL DEFAULT 'internal',
    "claimed_at" TIMESTAMPTZ(3),
    "ts" TEXT,
    "rendered" TEXT,
    "failed_at" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "announcements_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "posts" (
    "id" UUID NOT NULL,
    "announcement_id" UUID NOT NULL,
    "event_id" INTEGER NOT NULL,
    "claimed_at" TIMESTAMPTZ(3),
    "ts" TEXT,

    CONSTRAINT "posts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subscriptions" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "channel" TEXT NOT NULL,
    "audience" TEXT NOT NULL DEFAULT 'internal',
    "scope_id" INTEGER,
    "service_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "maintenance_id" INTEGER,
    "subject" TEXT,
    "internal" BOOLEAN NOT NULL DEFAULT false,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_tokens" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "rights" TEXT NOT NULL DEFAULT 'read',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "drafts" (
    "id" UUID NOT NULL,
    "account_id" INTEGER NOT NULL,
    "person_id" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "drafts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "receipts" (
    "account_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "maintenance_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "receipts_pkey" PRIMARY KEY ("account_id","key")
);

-- CreateIndex
CREATE UNIQUE INDEX "accounts_slack_team_id_key" ON "accounts"("slack_team_id");

-- CreateIndex
CREATE INDEX "accounts_parent_id_idx" ON "accounts"("parent_id");

-- CreateIndex
CREATE UNIQUE INDEX "scopes_account_id_id_key" ON "scopes"("account_id", "id");

-- CreateIndex
CREATE INDEX "services_account_id_scope_id_idx" ON "services"("account_id", "scope_id");

-- CreateIndex
CREATE UNIQUE INDEX "services_account_id_id_key" ON "services"("account_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "checks_account_id_id_key" ON "checks"("account_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "checks_account_id_provider_external_id_key" ON "checks"("account_id", "provider", "external_id");

-- CreateIndex
CREATE INDEX "service_checks_account_id_check_id_idx" ON "service_checks"("account_id", "check_id");

-- CreateIndex
CREATE INDEX "maintenances_next_due_at_idx" ON "maintenances"("next_due_at");

-- CreateIndex
CREATE INDEX "maintenances_account_id_status_scheduled_start_date_id_idx" ON "maintenances"("account_id", "status", "scheduled_start_date", "id");

-- CreateIndex
CREATE INDEX "maintenances_account_id_scheduled_start_date_id_idx" ON "maintenances"("account_id", "scheduled_start_date", "id");

-- CreateIndex
CREATE UNIQUE INDEX "maintenances_account_id_id_key" ON "maintenances"("account_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "maintenances_account_id_key_key" ON "maintenances"("account_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "maintenances_series_id_occurrence_key" ON "maintenances"("series_id", "occurrence");

-- CreateIndex
CREATE INDEX "maintenance_services_account_id_service_id_idx" ON "maintenance_services"("account_id", "service_id");

-- CreateIndex
CREATE INDEX "maintenance_checks_account_id_check_id_idx" ON "maintenance_checks"("account_id", "check_id");

-- CreateIndex
CREATE UNIQUE INDEX "series_account_id_id_key" ON "series"("account_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "series_account_id_key_key" ON "series"("account_id", "key");

-- CreateIndex
CREATE INDEX "series_services_account_id_service_id_idx" ON "series_services"("account_id", "service_id");

-- CreateIndex
CREATE INDEX "series_checks_account_id_check_id_idx" ON "series_checks"("account_id", "check_id");

-- CreateIndex
CREATE INDEX "holds_account_id_maintenance_id_idx" ON "holds"("account_id", "maintenance_id");

-- CreateIndex
CREATE INDEX "holds_released_at_check_id_idx" ON "holds"("released_at", "check_id");

-- CreateIndex
CREATE INDEX "comments_account_id_maintenance_id_id_idx" ON "comments"("account_id", "maintenance_id", "id");

-- CreateIndex
CREATE INDEX "announcements_account_id_channel_ts_idx" ON "announcements"("account_id", "channel", "ts");

-- CreateIndex
CREATE UNIQUE INDEX "announcements_maintenance_id_channel_key" ON "announcements"("maintenance_id", "channel");

-- CreateIndex
CREATE INDEX "posts_event_id_idx" ON "posts"("event_id");

-- CreateIndex
CREATE UNIQUE INDEX "posts_announcement_id_event_id_key" ON "posts"("announcement_id", "event_id");

-- CreateIndex
CREATE INDEX "subscriptions_account_id_channel_idx" ON "subscriptions"("account_id", "channel");

-- CreateIndex
CREATE INDEX "audit_events_account_id_maintenance_id_id_idx" ON "audit_events"("account_id", "maintenance_id", "id");

-- CreateIndex
CREATE INDEX "audit_events_account_id_at_idx" ON "audit_events"("account_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "api_tokens_hash_key" ON "api_tokens"("hash");

-- CreateIndex
CREATE INDEX "api_tokens_account_id_idx" ON "api_tokens"("account_id");

-- CreateIndex
CREATE INDEX "drafts_account_id_created_at_idx" ON "drafts"("account_id", "created_at");

-- CreateIndex
CREATE INDEX "receipts_created_at_idx" ON "receipts"("created_at");

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scopes" ADD CONSTRAINT "scopes_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "services" ADD CONSTRAINT "services_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "services" ADD CONSTRAINT "services_account_id_scope_id_fkey" FOREIGN KEY ("account_id", "scope_id") REFERENCES "scopes"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "checks" ADD CONSTRAINT "checks_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "service_checks" ADD CONSTRAINT "service_checks_account_id_service_id_fkey" FOREIGN KEY ("account_id", "service_id") REFERENCES "services"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "service_checks" ADD CONSTRAINT "service_checks_account_id_check_id_fkey" FOREIGN KEY ("account_id", "check_id") REFERENCES "checks"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "maintenances" ADD CONSTRAINT "maintenances_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "maintenances" ADD CONSTRAINT "maintenances_account_id_scope_id_fkey" FOREIGN KEY ("account_id", "scope_id") REFERENCES "scopes"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "maintenances" ADD CONSTRAINT "maintenances_account_id_series_id_fkey" FOREIGN KEY ("account_id", "series_id") REFERENCES "series"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "maintenance_services" ADD CONSTRAINT "maintenance_services_account_id_maintenance_id_fkey" FOREIGN KEY ("account_id", "maintenance_id") REFERENCES "maintenances"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "maintenance_services" ADD CONSTRAINT "maintenance_services_account_id_service_id_fkey" FOREIGN KEY ("account_id", "service_id") REFERENCES "services"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "maintenance_checks" ADD CONSTRAINT "maintenance_checks_account_id_maintenance_id_fkey" FOREIGN KEY ("account_id", "maintenance_id") REFERENCES "maintenances"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "maintenance_checks" ADD CONSTRAINT "maintenance_checks_account_id_check_id_fkey" FOREIGN KEY ("account_id", "check_id") REFERENCES "checks"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "series" ADD CONSTRAINT "series_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "series" ADD CONSTRAINT "series_account_id_scope_id_fkey" FOREIGN KEY ("account_id", "scope_id") REFERENCES "scopes"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "series_services" ADD CONSTRAINT "series_services_account_id_series_id_fkey" FOREIGN KEY ("account_id", "series_id") REFERENCES "series"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "series_services" ADD CONSTRAINT "series_services_account_id_service_id_fkey" FOREIGN KEY ("account_id", "service_id") REFERENCES "services"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "series_checks" ADD CONSTRAINT "series_checks_account_id_series_id_fkey" FOREIGN KEY ("account_id", "series_id") REFERENCES "series"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "series_checks" ADD CONSTRAINT "series_checks_account_id_check_id_fkey" FOREIGN KEY ("account_id", "check_id") REFERENCES "checks"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "holds" ADD CONSTRAINT "holds_account_id_check_id_fkey" FOREIGN KEY ("account_id", "check_id") REFERENCES "checks"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "holds" ADD CONSTRAINT "holds_account_id_maintenance_id_fkey" FOREIGN KEY ("account_id", "maintenance_id") REFERENCES "maintenances"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "comments" ADD CONSTRAINT "comments_account_id_maintenance_id_fkey" FOREIGN KEY ("account_id", "maintenance_id") REFERENCES "maintenances"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_account_id_maintenance_id_fkey" FOREIGN KEY ("account_id", "maintenance_id") REFERENCES "maintenances"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posts" ADD CONSTRAINT "posts_announcement_id_fkey" FOREIGN KEY ("announcement_id") REFERENCES "announcements"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posts" ADD CONSTRAINT "posts_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "audit_events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_account_id_scope_id_fkey" FOREIGN KEY ("account_id", "scope_id") REFERENCES "scopes"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_account_id_service_id_fkey" FOREIGN KEY ("account_id", "service_id") REFERENCES "services"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_account_id_maintenance_id_fkey" FOREIGN KEY ("account_id", "maintenance_id") REFERENCES "maintenances"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "receipts" ADD CONSTRAINT "receipts_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say. The words are those of src/domain.

ALTER TABLE "scopes" ADD CONSTRAINT "scopes_name" CHECK (btrim("name") <> ''),
    ADD CONSTRAINT "scopes_visibility" CHECK ("visibility" IN ('public', 'internal'));
CREATE UNIQUE INDEX "scopes_named_once" ON "scopes" ("account_id", lower("name"));

ALTER TABLE "services" ADD CONSTRAINT "services_name" CHECK (btrim("name") <> ''),
    ADD CONSTRAINT "services_status" CHECK ("status" IN ('up', 'degraded', 'down')),
    ADD CONSTRAINT "services_visibility" CHECK ("visibility" IN ('public', 'internal'));
CREATE UNIQUE INDEX "services_named_once" ON "services" ("account_id", "scope_id", lower("name")) NULLS NOT DISTINCT;

ALTER TABLE "maintenances" ADD CONSTRAINT "maintenances_name" CHECK (btrim("name") <> ''),
    ADD CONSTRAINT "maintenances_status" CHECK ("status" IN ('scheduled', 'in-progress', 'succeed', 'failed', 'canceled')),
    ADD CONSTRAINT "maintenances_visibility" CHECK ("visibility" IN ('public', 'internal')),
    ADD CONSTRAINT "maintenances_service_status" CHECK ("service_status" IN ('up', 'degraded', 'down')),
    ADD CONSTRAINT "maintenances_end_after_start" CHECK ("scheduled_end_date" > "scheduled_start_date"),
    ADD CONSTRAINT "maintenances_ended_after_start" CHECK ("end_date" >= "start_date"),
    -- Time has something to do for exactly the open ones.
    ADD CONSTRAINT "maintenances_due" CHECK (("next_due_at" IS NOT NULL) = ("status" IN ('scheduled', 'in-progress'))),
    ADD CONSTRAINT "maintenances_started" CHECK ("status" <> 'in-progress' OR "start_date" IS NOT NULL),
    ADD CONSTRAINT "maintenances_run" CHECK (("series_id" IS NULL) = ("occurrence" IS NULL));

ALTER TABLE "series" ADD CONSTRAINT "series_name" CHECK (btrim("name") <> ''),
    ADD CONSTRAINT "series_visibility" CHECK ("visibility" IN ('public', 'internal')),
    ADD CONSTRAINT "series_service_status" CHECK ("service_status" IN ('up', 'degraded', 'down')),
    ADD CONSTRAINT "series_duration" CHECK ("duration_minutes" > 0);

ALTER TABLE "holds" ADD CONSTRAINT "holds_outcome" CHECK ("outcome" IN ('pending', 'disabled', 'skipped', 'failed')),
    ADD CONSTRAINT "holds_released_after_end" CHECK ("released_at" IS NULL OR "ended_at" IS NOT NULL),
    ADD CONSTRAINT "holds_intended_first" CHECK ("outcome" <> 'disabled' OR "intended_at" IS NOT NULL);
-- What the sweeper looks for.
CREATE INDEX "holds_unsettled" ON "holds" ("check_id") WHERE "released_at" IS NULL;

ALTER TABLE "announcements" ADD CONSTRAINT "announcements_audience" CHECK ("audience" IN ('internal', 'public')),
    ADD CONSTRAINT "announcements_claimed_first" CHECK ("ts" IS NULL OR "claimed_at" IS NOT NULL);

ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_audience" CHECK ("audience" IN ('internal', 'public')),
    ADD CONSTRAINT "subscriptions_of_one" CHECK ("scope_id" IS NULL OR "service_id" IS NULL);
CREATE UNIQUE INDEX "subscriptions_once" ON "subscriptions" ("account_id", "channel", coalesce("scope_id", 0), coalesce("service_id", 0));

ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_rights" CHECK ("rights" IN ('read', 'write', 'admin'));
