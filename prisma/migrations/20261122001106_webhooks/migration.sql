-- CreateTable
CREATE TABLE "webhooks" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "url" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "events" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "audience" TEXT NOT NULL DEFAULT 'internal',
    "secret" TEXT NOT NULL,
    "previous_secret" TEXT,
    "previous_until" TIMESTAMPTZ(3),
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "disabled_reason" TEXT,
    "failing_since" TIMESTAMPTZ(3),
    "created_by_id" TEXT NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhooks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" UUID NOT NULL,
    "account_id" INTEGER NOT NULL,
    "webhook_id" INTEGER NOT NULL,
    "maintenance_id" INTEGER NOT NULL DEFAULT 0,
    "event_id" INTEGER,
    "type" TEXT NOT NULL,
    "body" TEXT,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "status" INTEGER,
    "error" TEXT,
    "answer" TEXT,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,
    "delivery_date" TIMESTAMPTZ(3),
    "position" BIGSERIAL NOT NULL,

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "webhooks_account_id_id_key" ON "webhooks"("account_id", "id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_webhook_id_maintenance_id_state_position_idx" ON "webhook_deliveries"("webhook_id", "maintenance_id", "state", "position");

-- CreateIndex
CREATE INDEX "webhook_deliveries_account_id_webhook_id_creation_date_id_idx" ON "webhook_deliveries"("account_id", "webhook_id", "creation_date", "id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_creation_date_idx" ON "webhook_deliveries"("creation_date");

-- AddForeignKey
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_account_id_webhook_id_fkey" FOREIGN KEY ("account_id", "webhook_id") REFERENCES "webhooks"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "webhooks"
  ADD CONSTRAINT "webhooks_audience" CHECK ("audience" IN ('internal', 'public')),
  ADD CONSTRAINT "webhooks_previous_secret" CHECK (("previous_secret" IS NULL) = ("previous_until" IS NULL)),
  ADD CONSTRAINT "webhooks_disabled" CHECK ("disabled_reason" IS NULL OR NOT "enabled");
ALTER TABLE "webhook_deliveries"
  ADD CONSTRAINT "webhook_deliveries_state" CHECK ("state" IN ('waiting', 'delivered', 'skipped', 'failed')),
  ADD CONSTRAINT "webhook_deliveries_delivered" CHECK (("state" = 'delivered') = ("delivery_date" IS NOT NULL));
